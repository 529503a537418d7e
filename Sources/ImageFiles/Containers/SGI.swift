// SGI image, `.sgi`, `.rgb`, `.rgba`, `.bw` ("The SGI Image File Format", Paul Haeberli).
//
//      offset  bytes, numbers big-endian
//           0      2  01 DA
//           2      1  0 as they are, 1 run lengths
//           3      1  bytes of a sample: 1 or 2
//           4      2  axes: 1 a row, 2 a channel, 3 several channels
//           6      6  width, height, channels, 2 bytes each
//          12      8  least and greatest value
//          20      4  not used
//          24     80  name
//         104      4  what samples are: 0 gray and colors; 1 dithered, 2 indices, 3 a color map
//         108    404  not used
//         512         a plane for each channel, its lowest row first
//
// Mapped in place and written as they are; run lengths are unpacked. 2 to 4 channels are LA, RGB and RGBA, more are
// frames. Only `.sgi` is a name to save as: `.rgb` is what ffmpeg and ImageMagick call raw pixels.
// Refused: samples that are not gray or colors.

import PixelMemory
import PixelViews

extension FileFormat {
  static let sgi = FileFormat(
    name: "sgi", summary: "SGI image, planes of 8 or 16 bits", suffixes: [".sgi"],
    modes: [
      .gray, .grayAlpha, .rgb, .rgba, .gray16, .gray16Little, .gray16Big, .gray16Native,
    ],
    wideModes: [.gray, .grayAlpha, .rgb, .rgba],
    recognize: { $0.starts(with: SGI.magic) },
    isUnmistakable: SGI.isHeader,
    describe: SGI.describe,
    encoding: .plain { image, _ throws(FormatError) in try SGI.plainFile(image) })
}

enum SGI {
  static let name = "sgi"
  static let magic: [UInt8] = [0x01, 0xDA]
  static let headerByteCount = 512
  static let types = ElementNames([("u8", ["1"]), ("u16", ["2"])])

  @Sendable static func isHeader(_ prefix: [UInt8]) -> Bool {
    prefix.count > 5 && prefix[2] <= 1 && 1...2 ~= prefix[3] && prefix[4] == 0
      && 1...3 ~= prefix[5]
  }

  @Sendable static func describe(
    _ reader: inout HeaderReader, _ options: FileFormat.DescribeOptions
  ) throws(FormatError) -> FileFormat.Description {
    reader.offset = 2
    let storage = try reader.byte("storage")
    let sampleByteCount = Int(try reader.byte("bytes of a sample"))
    guard storage <= 1, let element = types.element(sampleByteCount, isBigEndian: true) else {
      throw reader.malformed(
        at: 2, found: "storage \(storage), \(sampleByteCount.bytes) a sample",
        expected: "storage 0 or 1, 1 or 2 bytes a sample")
    }
    var numbers: [Int] = []
    for what in ["axes", "width", "height", "channels"] {
      numbers.append(Int(try reader.integer(what, bigEndian: true, as: UInt16.self)))
    }
    guard 1...3 ~= numbers[0] else {
      throw reader.malformed(at: 4, found: "\(numbers[0]) axes", expected: "1 to 3")
    }
    reader.offset = 24
    let title = try reader.bytes(80, "name").prefix { $0 != 0 }
    let meaning = try reader.integer("what samples are", bigEndian: true, as: UInt32.self)
    guard meaning == 0 else {
      let words = ["dithered colors", "indices", "a color map"]
      throw .unsupported(
        format: name,
        feature: 1...3 ~= meaning ? words[Int(meaning) - 1] : "samples of kind \(meaning)")
    }
    var array = StoredArray(
      format: name, element: element, width: numbers[1], height: numbers[0] > 1 ? numbers[2] : 1,
      bandCount: numbers[0] > 2 ? numbers[3] : 1, order: .plane, isBottomUp: true, sizeOffset: 6)
    guard storage == 1 else {
      array.offset = headerByteCount
      var pixels = try array.pixels(in: reader.byteCount, options)
      pixels.metadata = metadata(title, pixels.format)
      return .mapped(pixels)
    }
    var pixels = try array.pixels(in: array.byteCount ?? .max, options)
    pixels.metadata = metadata(title, pixels.format)
    pixels.trailingByteCount = nil
    if options.findsEnd {
      let rowCount = array.height * array.bandCount
      var table = try RowTable(reader.buffer, rowCount)
      for _ in 0..<rowCount { _ = try table.next() }
      pixels.trailingByteCount = reader.byteCount - table.end
    }
    let packed = array
    return .decoded(pixels, reason: "the pixels are in run lengths") {
      buffer, limits throws(FormatError) in try unpack(buffer, packed, limits)
    }
  }

  private static func metadata(_ title: ArraySlice<UInt8>, _ format: PixelFormat) -> Metadata? {
    guard !title.isEmpty else { return nil }
    var metadata = Metadata(format: format)
    metadata.lose("name that an SGI image has in itself")
    return metadata
  }

  static func plainFile(_ image: Image) throws(FormatError) -> PlainFile {
    let array = try ArrayFile(
      image, as: nil, in: types, format: name, isBigEndian: true, largest: Int(UInt16.max))
    let bandCount = array.words.fields.count
    let size = array.words.element.byteCount
    var header = magic + [0, UInt8(size)]
    for number in [bandCount > 1 ? 3 : 2, image.width, image.height, bandCount] {
      header += number.bytes(2, bigEndian: true)
    }
    for number in [0, size == 1 ? 0xFF : 0xFFFF] { header += number.bytes(4, bigEndian: true) }
    header += [UInt8](repeating: 0, count: headerByteCount - header.count)
    return array.file(header: header, order: .plane, isBottomUp: true)
  }
}
