// ENVI: a header of text, `scene.hdr` or `scene.img.hdr`, beside a file of samples ("ENVI Header
// Files", L3Harris).
//
//      ENVI
//      samples = 640                    width; lines, bands: the other sizes
//      header offset = 0                bytes before the samples, in their own file
//      data type = 12                   1 u8, 2 i16, 3 i32, 4 f32, 5 f64, 12 u16, 13 u32, 14 i64,
//                                       15 u64
//      interleave = bsq                 planes, bil: lines, bip: pixels
//      byte order = 0                   1: big-endian
//      default bands = {4, 3, 2}        red, green and blue; values in braces go over lines
//
// Mapped in place, and only read: `header` writes it for a raw file. Bands are those that their
// names say, or the default ones; then frame N is band N. Two to four others are what an array of
// so many has, more are frames. Gains, offsets and scale factors are said and not applied. Refused:
// complex numbers, compressed data.

import PixelMemory
import PixelViews

extension FileFormat {
  static let envi = FileFormat(
    name: "envi", summary: "ENVI header, beside the file that it describes", suffixes: [".hdr"],
    modes: [], namesBands: false,
    recognize: { prefix in
      prefix.starts(with: "ENVI".utf8)
        && prefix.dropFirst(4).first.map { [0x0A, 0x0D, 0x20].contains($0) } == true
    },
    describe: ENVI.describe)
}

enum ENVI {
  static let name = "envi"

  static let types = ElementNames(numbers: [
    ("u8", 1), ("i16", 2), ("i32", 3), ("f32", 4), ("f64", 5), ("u16", 12), ("u32", 13),
    ("i64", 14), ("u64", 15),
  ])

  /// What a file of samples is called beside `scene.hdr`.
  private static let suffixes = ["", ".dat", ".img", ".bsq", ".bil", ".bip", ".raw", ".bin"]

  @Sendable static func describe(
    _ reader: inout HeaderReader, _ options: FileFormat.DescribeOptions
  ) throws(FormatError) -> FileFormat.Description {
    reader.offset = 0
    let fields = try fields(&reader)
    if let field = fields.field("file compression"), field.value != "0" {
      throw .unsupported(format: name, feature: "gzip compression")
    }
    var array = try array(fields)
    let data = try options.dataFile(besideWith: suffixes, format: name)
    let bandCount = array.bandCount
    var choice = options
    var shown = Array(0..<bandCount)
    var notes: [String] = []
    if let (mode, order) = try colors(fields, array) {
      let isWhole = order.count == bandCount
      let frame = isWhole ? 0 : try options.frame(of: bandCount + 1, name)
      if frame == 0 {
        array.mode = mode
        array.bandOrder = order
        shown = order
        choice.frame = isWhole ? options.frame : 0
      } else {
        array.bandOrder = [frame - 1]
        shown = [frame - 1]
        choice.frame = 0
      }
      if !isWhole {
        notes.append(
          "bands \(order.map { "\($0 + 1)" }.joined(separator: ", ")) are shown as "
            + "\(mode.bands.joined(separator: ", ")); --frame N shows band N of \(bandCount)")
      }
    }
    var pixels = try array.pixels(in: data.buffer.byteCount, choice)
    if array.bandOrder == nil, pixels.frameCount == bandCount {
      shown = [(bandCount + options.frameNumber) % bandCount]
    }
    if !notes.isEmpty {
      pixels.frameCount = bandCount + 1
      pixels.notes = notes
    }
    pixels.data = data
    try say(fields, shown, &pixels)
    return .mapped(pixels)
  }

  private static func fields(_ reader: inout HeaderReader) throws(FormatError) -> HeaderFields {
    var fields = HeaderFields(name)
    guard let first = try reader.line(), first.trimmed == "ENVI" else {
      throw reader.malformed(at: 0, found: "another word", expected: "ENVI in a line of its own")
    }
    var start = reader.offset
    while let line = try reader.line() {
      defer { start = reader.offset }
      if line.trimmed.isEmpty || line.hasPrefix(";") { continue }
      guard var (key, value) = line.divided(by: "=") else {
        throw reader.malformed(
          at: start, found: "\"\(line.prefix(40).description.withoutControls())\"",
          expected: "KEY = VALUE")
      }
      if value.hasPrefix("{") {
        var parts = [value]
        while parts.last?.contains("}") == false {
          guard let more = try reader.line() else {
            throw reader.malformed(at: start, found: "no } to the end", expected: "{ … }")
          }
          parts.append(more.trimmed)
        }
        value = parts.joined(separator: " ").dropFirst().prefix { $0 != "}" }.trimmed
      }
      key = key.lowercased().split(separator: " ").joined(separator: " ")
      fields.append(key, value, at: start)
    }
    return fields
  }

  private static func array(_ fields: HeaderFields) throws(FormatError) -> StoredArray {
    let width = try fields.required("samples")
    let type = try fields.required("data type")
    let order = try fields.field("byte order").map { field throws(FormatError) in
      try fields.integer(field, in: 0...1)
    }
    guard let element = types.element(type.value, isBigEndian: order == 1) else {
      throw .unsupported(
        format: name,
        feature: ["6", "9"].contains(type.value)
          ? "complex numbers" : "data type \(type.value.prefix(16).description.withoutControls())")
    }
    for key in ["major frame offsets", "minor frame offsets"] {
      if let field = fields.field(key), try fields.integers(field).contains(where: { $0 != 0 }) {
        throw .unsupported(format: name, feature: key)
      }
    }
    var array = StoredArray(
      format: name, element: element, width: try fields.integer(width, in: 1...Int.max),
      height: try fields.integer(try fields.required("lines"), in: 1...Int.max),
      sizeOffset: width.offset)
    if let field = fields.field("bands") {
      array.bandCount = try fields.integer(field, in: 1...1 << 20)
    }
    if let field = fields.field("header offset") { array.offset = try fields.integer(field) }
    switch fields["interleave"]?.lowercased() {
    case "bsq", nil: array.order = .plane
    case "bil": array.order = .line
    case "bip": array.order = .pixel
    default: throw fields.malformed(try fields.required("interleave"), expected: "bsq, bil or bip")
    }
    return array
  }

  /// What some of the bands mean, and which ones: as their names say, or else the default bands.
  private static func colors(
    _ fields: HeaderFields, _ array: StoredArray
  ) throws(FormatError) -> (mode: Mode, order: [Int])? {
    let names = (fields["band names"] ?? "").split(separator: ",").map(\.trimmed)
    if names.count == array.bandCount {
      for mode in Mode.allCases where mode.bandCount > 1 && array.holds(mode) {
        let order = mode.bands.compactMap { names.firstIndex(of: $0) }
        let others = names.count { !mode.bands.contains($0) && $0 != SidecarHeader.unused }
        if order.count == mode.bandCount, others == 0 { return (mode, order) }
      }
    }
    guard let field = fields.field("default bands"), array.holds(.rgb) else { return nil }
    let bands = try fields.integers(field, from: 1)
    guard bands.count == 3, array.bandCount >= 3 else { return nil }
    guard bands.allSatisfy({ $0 <= array.bandCount }) else {
      throw fields.malformed(field, expected: "bands from 1 to \(array.bandCount)")
    }
    return (.rgb, bands.map { $0 - 1 })
  }

  /// Says what the numbers of the bands that are shown stand for.
  private static func say(
    _ fields: HeaderFields, _ shown: [Int], _ pixels: inout FileFormat.Pixels
  ) throws(FormatError) {
    func numbers(_ key: String) throws(FormatError) -> [Double]? {
      guard let field = fields.field(key) else { return nil }
      let numbers = field.value.split { " ,\t".contains($0) }.map { Double($0) }
      guard !numbers.isEmpty, numbers.allSatisfy({ $0?.isFinite == true }) else {
        throw fields.malformed(field, expected: "numbers")
      }
      return numbers.compactMap(\.self)
    }
    let gains = try numbers("data gain values") ?? []
    let offsets = try numbers("data offset values") ?? []
    let factor = try numbers("reflectance scale factor")?.first ?? 1
    let lines = Set(
      shown.map { band in
        let (gain, offset) = (
          gains.indices.contains(band) ? gains[band] : 1,
          offsets.indices.contains(band) ? offsets[band] : 0
        )
        return factor == 0
          ? Rescaling(scale: gain, bias: offset)
          : Rescaling(scale: gain / factor, bias: offset / factor)
      })
    if lines.count == 1, let line = lines.first {
      if !line.isIdentity, line.scale != 0 { pixels.rescaling = line }
    } else {
      pixels.notes.append(
        "each band has a gain and an offset of its own; --frame shows one band, with the options "
          + "that apply them")
    }
    if let ignored = fields["data ignore value"] {
      pixels.notes.append("\(ignored.withoutControls()) stands for pixels without a value")
    }
  }
}
