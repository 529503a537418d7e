// DICOM: a picture of medicine, uncompressed (DICOM PS3.5 and PS3.10).
//
//   offset  bytes
//        0    128  anything
//      128      4  "DICM"
//      132         elements with the tag (0002,xxxx), among them the transfer syntax (0002,0010)
//   then the elements in the order of their tags: 2 bytes group, 2 bytes number; 2 letters for the kind,
//   but in the implicit syntax; the length in 2 or 4 bytes; the value. Sequences hold elements in items;
//   a length of FFFFFFFF means up to a mark. The pixels are the value of (7FE0,0010), or (7FE0,0008) and
//   (7FE0,0009) for floats, frame after frame without padding; bits count from the lowest of a byte.
//
// Mapped in place where the syntax is 1.2.840.10008.1.2 (implicit, little-endian), .2.1 (explicit) or .2.2
// (explicit, big-endian); read only, as no program may make up whose picture a new file is. MONOCHROME1, in
// which the largest number is black, is shown inverted. Samples of gray are the stored numbers; the rescale
// to other numbers and the window are told. Refused, by name: compressed syntaxes, subsampled YCbCr, palettes
// of more than 8 bits, bytes in big-endian words.

import PixelMemory
import PixelViews

extension FileFormat {
  static let dicom = FileFormat(
    name: "dicom", summary: "DICOM, uncompressed", suffixes: [".dcm", ".dicom"], modes: [],
    recognize: { $0.dropFirst(128).starts(with: DICOM.magic) },
    describe: DICOM.describe)
}

enum DICOM {
  static let name = "dicom"
  static let magic = Array("DICM".utf8)
  static let pixelData: UInt32 = 0x7FE0_0010

  @Sendable static func describe(
    _ reader: inout HeaderReader, _ options: FileFormat.DescribeOptions
  ) throws(FormatError) -> FileFormat.Description {
    let (values, picture) = try options.contents { () throws(FormatError) in
      try Contents(&reader)
    }.both
    let frames = try picture.layout(values, options)
    var pixels = FileFormat.Pixels(
      layout: frames.layout, format: picture.format, palette: picture.palette,
      frameCount: frames.count)
    pixels.trailingByteCount = reader.byteCount - values.end
    if let said = try rescaling(values) {
      // Where samples are shown inverted, the number of one is that of what it was taken from.
      let line =
        picture.largest.map { Rescaling(scale: -said.scale, bias: said.scale * $0 + said.bias) }
        ?? said
      if !said.isIdentity { pixels.rescaling = line }
      let isShown = options.isRescaled && picture.largest == nil
      pixels.notes = try window(values, isShown ? Rescaling(scale: 1, bias: 0) : line)
    }
    var metadata = Metadata(format: picture.format)
    metadata.lose("attributes of DICOM")
    pixels.metadata = metadata
    return .mapped(pixels)
  }

  /// What the elements say of all frames.
  private struct Contents: Sendable {
    let both: (values: DICOMValues, picture: Picture)

    init(_ reader: inout HeaderReader) throws(FormatError) {
      reader.offset = 128
      guard try reader.bytes(4, "\"DICM\"") == magic else {
        throw reader.malformed(at: 128, found: "other bytes", expected: "\"DICM\"")
      }
      let syntax = try syntax(&reader)
      let values = try DICOMValues(
        reader, isBigEndian: syntax.isBigEndian, isImplicit: syntax.isImplicit)
      both = (values, try Picture(values, reader))
    }
  }

  /// How elements are stored after those of the file itself.
  private static func syntax(
    _ reader: inout HeaderReader
  ) throws(FormatError) -> (isBigEndian: Bool, isImplicit: Bool) {
    let start = reader.offset
    var meta = DICOMElements(reader, isBigEndian: false, isImplicit: false)
    var name: String?
    while true {
      var look = reader
      look.offset = meta.offset
      guard let group = try? look.integer("a group", as: UInt16.self), group == 2,
        let element = try meta.next()
      else { break }
      guard element.tag == 0x0002_0010, let byteCount = element.byteCount else { continue }
      look.offset = element.offset
      name = String.latin1(try look.bytes(min(byteCount, 64), "the transfer syntax"))
    }
    reader.offset = meta.offset
    let digits = name?.filter { $0.isNumber || $0 == "." }
    switch digits {
    case "1.2.840.10008.1.2": return (false, true)
    case "1.2.840.10008.1.2.1": return (false, false)
    case "1.2.840.10008.1.2.2": return (true, false)
    case nil:
      throw reader.malformed(
        at: start, found: "no transfer syntax", expected: "the element (0002,0010)")
    case let digits?:
      throw .unsupported(format: self.name, feature: compression(digits))
    }
  }

  /// What a transfer syntax is called.
  private static func compression(_ syntax: String) -> String {
    let names: [(String, String)] = [
      ("1.99", "deflate"), ("5", "RLE"), ("4.50", "JPEG"), ("4.51", "JPEG"),
      ("4.57", "lossless JPEG"), ("4.70", "lossless JPEG"), ("4.80", "JPEG-LS"),
      ("4.81", "JPEG-LS"), ("4.90", "JPEG 2000"), ("4.91", "JPEG 2000"), ("4.201", "HTJ2K"),
      ("4.202", "HTJ2K"), ("4.203", "HTJ2K"), ("4.110", "JPEG XL"), ("4.111", "JPEG XL"),
      ("4.112", "JPEG XL"),
    ]
    let found = names.first { syntax == "1.2.840.10008.1.2." + $0.0 }
    return found.map { "\($0.1) compression" } ?? "the transfer syntax \(syntax.prefix(64))"
  }

  /// The numbers that stored samples stand for; `nil` where they are none.
  private static func rescaling(_ values: DICOMValues) throws(FormatError) -> Rescaling? {
    let scale = try values.number(0x0028_1053) ?? 1
    let bias = try values.number(0x0028_1052) ?? 0
    return scale.isFinite && bias.isFinite && scale != 0
      ? Rescaling(scale: scale, bias: bias) : nil
  }

  /// The window that the file asks for, in the numbers that are shown.
  private static func window(
    _ values: DICOMValues, _ line: Rescaling
  ) throws(FormatError) -> [String] {
    guard let center = try values.number(0x0028_1050),
      let width = try values.number(0x0028_1051), width >= 1, center.isFinite, width.isFinite
    else { return [] }
    // From the least number that is not black to the least that is white (PS3.3, C.11.2.1.2).
    let ends = [center - 0.5 - (width - 1) / 2, center - 0.5 + (width - 1) / 2]
      .map { ($0 - line.bias) / line.scale }.sorted().map(\.plainText)
    return ["the file asks for a window; --window \(ends[0]),\(ends[1]) shows it"]
  }
}
