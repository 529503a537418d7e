// c: the pixels as an array in C, for firmware and tests (after XBM, which has `#define NAME_width`).
//
//      #define icon_width 16
//      #define icon_height 8
//      #define icon_stride 32
//      #define icon_mode "RGB"
//      #define icon_rawmode "BGR;16"
//      static const uint8_t icon[icon_stride * icon_height] = {
//        0x00, 0xf8, … 12 bytes a line
//      };
//
// The bytes are those of a raw file: rows from the top, packed, in the image's natural layout or that of
// `--as`. The name is that of the file, made an identifier. Only written. Refused: planes and shared
// samples, which are not whole rows.

import PixelMemory
import PixelViews

extension FileFormat {
  static let cArray = FileFormat(
    name: "c", summary: "C source, the bytes of the pixels as an array", suffixes: [".h", ".c"],
    modes: Mode.allCases, wideModes: FileFormat.raw.wideModes,
    numberColors: PixelFormat.numberColors, honorsRawmode: true, keepsNumbers: true,
    unkept: { image, options throws(FormatError) in
      try CArray.file(for: image, options).lossy
    },
    encoding: .stream { image, options, output throws(FormatError) in
      try CArray.encode(image, options, to: &output)
    })
}

enum CArray {
  static func file(
    for image: Image, _ options: FileFormat.EncodeOptions
  ) throws(FormatError) -> PlainFile {
    let file = try Raw.file(for: image, as: options.rawmode)
    guard file.frameByteCount == nil, file.layout.grid == nil else {
      let name = options.rawmode?.name ?? image.mode.name
      throw .cannotHoldValue(
        format: "c", reason: "\(name) stores planes or groups of pixels, not rows; save as raw")
    }
    return file
  }

  /// - Complexity: O(bytes); memory of a few rows.
  static func encode(
    _ image: Image, _ options: FileFormat.EncodeOptions, to output: inout OutputFile
  ) throws(FormatError) {
    let file = try file(for: image, options)
    let rows = RowEncoder(
      image: image, layout: file.layout, format: image.format, keepsColors: false)
    let rawmode = options.rawmode ?? Rawmode.natural(image.format)
    let name = identifier(output.target.path)
    var listing = Listing()
    try write(header(name, image, rawmode, stride: rows.rowByteCount), to: &output)
    let rowsPerBand = max(1, bandByteCount / max(1, rows.rowByteCount))
    var band = TileMemory()
    for start in stride(from: 0, to: image.height, by: rowsPerBand) {
      try rows.encode(start..<min(image.height, start + rowsPerBand), into: &band)
      let byteCount = band.rows.byteCount
      for piece in stride(from: 0, to: byteCount, by: bandByteCount) {
        let bytes = band.rows.bytes.slice(piece, min(bandByteCount, byteCount - piece))
        let count = try listing.spell(bytes)
        do throws(OutputError) { try output.write(listing.text.bytes.slice(0, count)) } catch {
          throw .output(error)
        }
      }
    }
    try write(listing.end, to: &output)
  }

  private static let bandByteCount = 1 << 16

  private static func header(
    _ name: String, _ image: Image, _ rawmode: Rawmode, stride: Int
  ) -> String {
    """
    /* \(image.width)x\(image.height) pixels, rows from the top. */
    #include <stdint.h>

    #define \(name)_width \(image.width)
    #define \(name)_height \(image.height)
    #define \(name)_stride \(stride)
    #define \(name)_mode "\(image.mode.name)"
    #define \(name)_rawmode "\(rawmode.name)"

    static const uint8_t \(name)[\(name)_stride * \(name)_height] = {

    """
  }

  private static func write(_ text: String, to output: inout OutputFile) throws(FormatError) {
    let bytes = Array(text.utf8)
    do throws(OutputError) { try output.write(unsafe bytes.span.bytes) } catch {
      throw .output(error)
    }
  }

  /// The name of a file, without its folder and suffix, as an identifier of C.
  static func identifier(_ path: String) -> String {
    let file = SaveTarget.split(path).name
    let stem = file.lastIndex(of: ".").map { file[..<$0] } ?? file[...]
    let name = String(
      stem.unicodeScalars.map { scalar in
        let isKept = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9") ~= scalar)
        return isKept ? Character(scalar) : "_"
      })
    // `-` is standard output, and a function has no name.
    guard name.contains(where: { $0 != "_" }) else { return "image" }
    let isFree = name.first?.isLetter == true && !reserved.contains(name) && !name.hasSuffix("_t")
    return isFree ? name : "image_" + name
  }

  /// Words that are taken where the array is declared.
  private static let reserved: Set<String> = [
    "alignas", "alignof", "asm", "auto", "bool", "break", "case", "catch", "char", "class",
    "const", "constexpr", "continue", "default", "delete", "do", "double", "else", "enum",
    "explicit", "export", "extern", "false", "float", "for", "friend", "goto", "if", "inline",
    "int", "long", "main", "mutable", "namespace", "new", "nullptr", "operator", "private",
    "protected", "public", "register", "restrict", "return", "short", "signed", "sizeof",
    "static", "struct", "switch", "template", "this", "throw", "true", "try", "typedef",
    "typename", "typeof", "union", "unix", "linux", "unsigned", "using", "virtual", "void",
    "volatile", "while",
  ]
}

/// Bytes as numbers of C, 12 a line.
private struct Listing: ~Copyable {
  /// What was spelled last.
  private(set) var text = Scratch()
  /// The numbers in the line that is not ended.
  private var column = 0

  /// - Returns: how many bytes of ``text`` there are.
  mutating func spell(_ bytes: RawSpan) throws(FormatError) -> Int {
    do throws(MemoryError) {
      // At most `  0xff,` and a line end.
      try text.ensure(byteCount: bytes.byteCount * 8)
    } catch { throw .memory(error) }
    var number = column
    var at = 0
    var target = text.mutableBytes
    for index in 0..<bytes.byteCount {
      let byte: UInt8 = bytes.sample(index)
      target.setSample(at, to: UInt8(ascii: " "))
      if number == 0 { at += 1 }
      target.setSample(at, to: UInt8(ascii: " "))
      target.setSample(at + 1, to: UInt8(ascii: "0"))
      target.setSample(at + 2, to: UInt8(ascii: "x"))
      target.setSample(at + 3, to: Listing.digit(byte >> 4))
      target.setSample(at + 4, to: Listing.digit(byte & 15))
      target.setSample(at + 5, to: UInt8(ascii: ","))
      at += 6
      number = (number + 1) % 12
      if number == 0 {
        target.setSample(at, to: UInt8(ascii: "\n"))
        at += 1
      }
    }
    column = number
    return at
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value + (value < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
  }

  /// What ends the array.
  var end: String { column == 0 ? "};\n" : "\n};\n" }
}
