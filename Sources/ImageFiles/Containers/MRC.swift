// MRC, images and volumes of electron microscopes ("MRC2014", Cheng et al., J. Struct. Biol. 192,
// 2015).
//
//      offset  bytes, numbers in the byte order of the stamp
//           0     12  columns, rows, sections
//          12      4  mode: 0 i8, 1 i16, 2 f32, 6 u16, 12 f16, 16 RGB of bytes (IMOD)
//          28     24  the size of the cell in samples and in ångström
//          92      4  bytes of an extended header
//         152      8  "IMOD" and flags: without bit 0, bytes of mode 0 are unsigned
//         208      4  "MAP "
//         212      4  44 44 00 00: little-endian; 11 11 00 00: big-endian
//        1024         the extended header, and the samples
//
// Mapped in place; written with one section, with i8 and i16 where the image is stored so or --as
// says it. The first row of a section is the lowest of the picture, as IMOD and the specification
// have it. Sections are frames. Refused: complex numbers (3, 4), 4-bit samples (101).

import PixelMemory
import PixelViews

extension FileFormat {
  static let mrc = FileFormat(
    name: "mrc", summary: "MRC, images of electron microscopes",
    suffixes: [".mrc", ".mrcs", ".map", ".rec", ".ali"],
    modes: [.float, .gray16, .gray16Little, .gray16Big, .gray16Native], wideModes: [.gray],
    otherElements: { MRC.types.contains($0) && $0.name != "u8" }, honorsRawmode: true,
    recognize: { $0.count >= 216 && $0[208..<211].elementsEqual("MAP".utf8) },
    describe: MRC.describe,
    encoding: .plain { image, options throws(FormatError) in
      try MRC.plainFile(image, as: options.rawmode)
    })
}

enum MRC {
  static let name = "mrc"
  private static let headerByteCount = 1024

  static let types = ElementNames(numbers: [
    ("i8", 0), ("i16", 1), ("f32", 2), ("u16", 6), ("f16", 12), ("u8", 16),
  ])
  private static let others = [
    3: "complex numbers", 4: "complex numbers", 101: "samples of 4 bits",
  ]

  @Sendable static func describe(
    _ reader: inout HeaderReader, _ options: FileFormat.DescribeOptions
  ) throws(FormatError) -> FileFormat.Description {
    reader.offset = 0
    let bytes = try reader.bytes(headerByteCount, "the header")
    let isBigEndian = try isBigEndian(bytes, reader)
    func number(_ offset: Int) -> Int { bytes.number(at: offset, byteCount: 4, isBigEndian) }
    let mode = number(12)
    guard var element = types.element(mode, isBigEndian: isBigEndian) else {
      throw .unsupported(format: name, feature: others[mode] ?? "mode \(mode)")
    }
    let isIMOD = number(152) == 0x444F_4D49
    if mode == 0, isIMOD, number(156) & 1 == 0 { element = ArrayElement(.unsigned, byteCount: 1) }
    let (width, height, count) = (number(0), number(4), number(8))
    guard width > 0, height > 0, count > 0 else {
      throw reader.malformed(
        at: 0, found: "\(width)x\(height), \(count) sections", expected: "at least one sample")
    }
    let extended = number(92)
    guard extended >= 0 else {
      throw reader.malformed(
        at: 92, found: "an extended header of \(extended) bytes", expected: "none or more")
    }
    var array = StoredArray(
      format: name, element: element, width: width, height: height,
      bandCount: mode == 16 ? 3 : 1, frameCount: count, offset: headerByteCount + extended)
    array.isBottomUp = true
    return .mapped(try array.pixels(in: reader.byteCount, options))
  }

  /// The order of the bytes: as the stamp says, or as the sizes make sense.
  private static func isBigEndian(
    _ bytes: [UInt8], _ reader: HeaderReader
  ) throws(FormatError) -> Bool {
    switch bytes[212] {
    case 0x44: return false
    case 0x11: return true
    default:
      for isBigEndian in [false, true]
      where 0...127 ~= bytes.number(at: 12, byteCount: 4, isBigEndian) { return isBigEndian }
      throw reader.malformed(
        at: 212, found: "stamp \(bytes[212]) \(bytes[213])",
        expected: "44 44 or 11 11 (hexadecimal)")
    }
  }

  static func plainFile(
    _ image: Image, as rawmode: Rawmode?
  ) throws(FormatError) -> PlainFile {
    guard image.mode.bandCount == 1 else { throw .cannotHold(format: name, image.format) }
    let array = try ArrayFile(image, as: rawmode, in: types, format: name)
    let element = array.words.element
    guard element.name != "u8", let mode = Int(array.typeName) else {
      throw .cannotHold(format: name, image.format)
    }
    var header = [UInt8](repeating: 0, count: headerByteCount)
    func put(_ number: Int, at offset: Int) {
      header.replaceSubrange(
        offset..<offset + 4, with: number.bytes(4, bigEndian: element.isBigEndian))
    }
    func put(_ number: Float, at offset: Int) { put(Int(number.bitPattern), at: offset) }
    for (index, number) in [image.width, image.height, 1].enumerated() {
      put(number, at: index * 4)
      put(number, at: 28 + index * 4)
      put(Float(number), at: 40 + index * 4)
      put(90 as Float, at: 52 + index * 4)
      put(index + 1, at: 64 + index * 4)
    }
    put(mode, at: 12)
    // A largest number below the least, and a mean below both, are not known.
    for (offset, number) in [(76, 0), (80, -1), (84, -2), (216, -1)] as [(Int, Float)] {
      put(number, at: offset)
    }
    put(20140, at: 108)
    header.replaceSubrange(208..<212, with: Array("MAP ".utf8))
    header.replaceSubrange(212..<214, with: element.isBigEndian ? [0x11, 0x11] : [0x44, 0x44])
    return array.file(header: header, isBottomUp: true)
  }
}
