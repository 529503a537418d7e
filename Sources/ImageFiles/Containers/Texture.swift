import PixelMemory
import PixelViews

/// How a pixel of a texture is stored.
struct TexturePixel: Hashable, Sendable {
  let fields: [SampleField]
  let bitCount: Int
  let format: PixelFormat

  init(_ rawmode: String, _ mode: Mode) throws(FormatError) {
    guard let found = Rawmode.named(rawmode, mode: mode) else {
      preconditionFailure("\(mode.name) has no rawmode \(rawmode)")
    }
    fields = try found.stored(width: 1, height: 1).fields
    bitCount = found.bitsPerPixel
    format = found.storedFormat
  }

  /// A pixel that is a word, with a mask for each band of the mode.
  init(_ masks: [UInt32], _ bitCount: Int, _ mode: Mode, _ name: String) throws(FormatError) {
    let masked = MaskedPixels(masks: masks, bitCount: bitCount)
    fields = try masked.fields(name)
    self.bitCount = bitCount
    format = PixelFormat(mode, masked.type)
  }

  /// The number of each storage in two worlds: DXGI_FORMAT and VkFormat. Of several, the first is what is
  /// written; those that follow are of the same bytes.
  struct Row: Sendable {
    var dxgi: [Int]
    var vulkan: [Int]
    /// The size of a component in bytes, which decides how bytes are swapped.
    var typeByteCount: Int
    private var rawmode = ""
    var mode: Mode
    private var masks: [UInt32] = []
    private var bitCount = 0

    init(_ dxgi: [Int], _ vulkan: [Int], _ typeByteCount: Int, _ rawmode: String, _ mode: Mode) {
      (self.dxgi, self.vulkan, self.typeByteCount) = (dxgi, vulkan, typeByteCount)
      (self.rawmode, self.mode) = (rawmode, mode)
    }

    init(_ dxgi: [Int], _ vulkan: [Int], _ typeByteCount: Int, masks: [UInt32]) {
      (self.dxgi, self.vulkan, self.typeByteCount) = (dxgi, vulkan, typeByteCount)
      (self.masks, mode, bitCount) = (masks, .rgba, typeByteCount.inBits)
    }

    func pixel(_ name: String) throws(FormatError) -> TexturePixel {
      masks.isEmpty
        ? try TexturePixel(rawmode, mode) : try TexturePixel(masks, bitCount, mode, name)
    }
  }

  static let stored: [Row] =
    [
      Row([61, 60, 62, 65], [15, 9, 13], 1, "L", .gray),
      Row([64], [14], 1, "I;8S", .integer),
      Row([56, 53, 57], [70, 74], 2, "I;16", .gray16),
      Row([59], [75], 2, "I;16S", .integer),
      Row([54], [76], 2, "F;16F", .float),
      Row([42], [98], 4, "I;32", .integer),
      Row([43], [99], 4, "I", .integer),
      Row([41, 39], [100], 4, "F", .float),
      Row([], [110], 8, "I;64", .integer),
      Row([], [111], 8, "I;64S", .integer),
      Row([], [112], 8, "F;64F", .float),
      Row([28, 27, 29, 30], [43, 37, 41, 51, 55, 57], 1, "RGBA", .rgba),
      Row([87, 90, 91], [50, 44, 48], 1, "BGRA", .rgba),
      Row([88, 92, 93], [], 1, "BGRX", .rgb),
      Row([], [29, 23, 27], 1, "RGB", .rgb),
      Row([], [36, 30, 34], 1, "BGR", .rgb),
      Row([85], [4], 2, "BGR;16", .rgb),
      Row([], [5], 2, "RGB;16", .rgb),
      Row([86], [8], 2, "BGRA;15", .rgba),
      Row([11, 9, 12], [91, 95], 2, "RGBA;16L", .rgba),
      Row([], [84, 88], 2, "RGB;16L", .rgb),
      Row([], [58], 4, "BGRA;10", .rgba),
    ]
    + [
      Row([24, 23, 25], [64], 4, masks: [0x3FF, 0xFFC00, 0x3FF0_0000, 0xC000_0000]),
      Row([115], [1_000_340_000], 2, masks: [0xF00, 0xF0, 0xF, 0xF000]),
      Row([], [1_000_340_001], 2, masks: [0xF, 0xF0, 0xF00, 0xF000]),
      Row([191], [2], 2, masks: [0xF000, 0xF00, 0xF0, 0xF]),
      Row([], [3], 2, masks: [0xF0, 0xF00, 0xF000, 0xF]),
      Row([], [6], 2, masks: [0xF800, 0x7C0, 0x3E, 1]),
      Row([], [7], 2, masks: [0x3E, 0x7C0, 0xF800, 1]),
    ]
    + numbers("RGB", .rgb, dxgi: [6, 7, 8], half: ([], 90), vulkan: 104)
    + numbers("RGBA", .rgba, dxgi: [2, 3, 4], half: ([10], 97), vulkan: 107)
    + [
      Row([14], [96], 2, "RGBA;16S", .rgba), Row([32], [42], 1, "RGBA;8S", .rgba),
      Row([], [89], 2, "RGB;16S", .rgb), Row([], [28], 1, "RGB;8S", .rgb),
    ]

  /// Colors that are numbers of 16, 32 and 64 bits; Vulkan counts them on from those without a sign.
  private static func numbers(
    _ name: String, _ mode: Mode, dxgi: [Int], half: (dxgi: [Int], vulkan: Int), vulkan: Int
  ) -> [Row] {
    [
      Row(half.dxgi, [half.vulkan], 2, "\(name);16F", mode),
      Row([dxgi[0]], [vulkan + 2], 4, "\(name);32F", mode),
      Row([dxgi[1]], [vulkan], 4, "\(name);32", mode),
      Row([dxgi[2]], [vulkan + 1], 4, "\(name);32S", mode),
      Row([], [vulkan + 14], 8, "\(name);64F", mode), Row([], [vulkan + 12], 8, "\(name);64", mode),
      Row([], [vulkan + 13], 8, "\(name);64S", mode),
    ]
  }

  /// The row of the table for a layout whose rows are packed; `nil` where there is none.
  static func row(_ layout: Layout, _ mode: Mode) -> Row? {
    stored.first { row in
      guard row.mode == (mode.isGray16 ? .gray16 : mode), let pixel = try? row.pixel("") else {
        return false
      }
      return pixel.fields == layout.fields && pixel.bitCount == layout.pixelBits
    }
  }
}

/// The images of a texture, whose rows are packed.
struct Texture {
  /// The format's name, for errors.
  let format: String
  var width: Int
  var height: Int
  var pixel: TexturePixel
  /// Where the first image starts.
  var offset: Int
  var frameCount = 1
  /// Bytes from one image to the next; `nil` beyond what can be counted, as below.
  var frameStep: Int?
  /// All bytes from the first image on.
  var byteCount: Int?

  /// The bytes of some levels of detail of one image, each half as large as the one before.
  func byteCount(levels: Range<Int>, depth: Int) -> Int? {
    var sum: Int? = 0
    for level in levels {
      let sizes = [width, height, depth].map { max(1, $0 >> level) }
      let byteCount = sizes[0].multiplied(by: pixel.bitCount.inWholeBytes)?
        .multiplied(by: sizes[1])?.multiplied(by: sizes[2])
      guard let byteCount else { return nil }
      sum = sum?.added(to: byteCount)
    }
    return sum
  }

  /// The pixels of one image.
  ///
  /// - Throws: ``FormatError/malformed(format:offset:found:expected:)`` where the file ends too early,
  ///   ``FormatError/noFrame(format:frame:count:)``.
  func pixels(
    in fileByteCount: Int, _ options: FileFormat.DescribeOptions
  ) throws(FormatError) -> FileFormat.Pixels {
    let words = "\(width)x\(height), \(pixel.bitCount) bits a pixel"
    guard let byteCount, let frameStep, let end = byteCount.added(to: offset),
      end.checkedInBits != nil
    else { throw .tooLarge(format: format, found: words, limit: "\(Int.max.inWholeBytes) bytes") }
    guard end <= fileByteCount else {
      throw .endsEarly(
        format: format, offset: offset, byteCount: fileByteCount,
        expected: (frameCount > 1 ? "\(frameCount) images of " : "")
          + "\(words) from byte \(offset) on", needed: end)
    }
    let frame = try options.frame(of: frameCount, format)
    var pixels = FileFormat.Pixels(
      layout: Layout(
        width: width, height: height, bitOffset: (offset + frame * frameStep).inBits,
        rowBits: width * pixel.bitCount, pixelBits: pixel.bitCount, fields: pixel.fields),
      format: pixel.format, frameCount: frameCount)
    pixels.trailingByteCount = fileByteCount - end
    return pixels
  }
}

extension FileFormat.Pixels {
  /// Says that smaller levels of detail are not shown.
  mutating func hideLevels(_ count: Int) {
    notes.append(
      count == 1
        ? "1 smaller level of detail is not shown"
        : "\(count) smaller levels of detail are not shown")
    hidden.append("smaller levels")
  }
}

extension Layout {
  /// Whether rows go down and follow each other without padding.
  var isPacked: Bool {
    grid == nil && (height == 1 || rowBits == width * pixelBits) && pixelBits.isWholeBytes
      && pixelBits > 0
  }
}
