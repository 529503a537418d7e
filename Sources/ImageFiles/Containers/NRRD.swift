// NRRD, `.nrrd`, and its detached header, `.nhdr` ("Definition of NRRD File Format", teem).
//
//      NRRD0004                         0000 to 0005
//      # a comment
//      type: unsigned short             dimension, type, sizes, encoding must be there
//      dimension: 3                     axes, the fastest first
//      sizes: 3 640 480
//      kinds: RGB-color domain domain   what an axis is
//      endian: little                   for samples of several bytes
//      encoding: raw
//      data file: pixels.raw            only where the samples are in another file
//      line skip: 0                     lines, then bytes to skip; -1: the samples end the file
//      byte skip: 0
//      key:=value
//
// An empty line ends the header, and the samples follow. Mapped in place; written as one file. An axis of
// 2 to 4 bands is the one whose kind says so, else the first if it is so short; axes after rows and columns are
// frames. Refused: other encodings, blocks, several data files.

import PixelMemory
import PixelViews

extension FileFormat {
  static let nrrd = FileFormat(
    name: "nrrd", summary: "NRRD, one file, or a header that names the file", suffixes: [".nrrd"],
    modes: arrayModes, wideModes: [.gray, .grayAlpha, .rgb, .rgba],
    numberColors: PixelFormat.numberColors, honorsRawmode: true, keepsNumbers: true,
    unpacking: "write it by SimpleITK.WriteImage(image, path, useCompression=False)",
    recognize: { $0.starts(with: NRRD.magic) },
    describe: NRRD.describe,
    encoding: .plain { image, options throws(FormatError) in
      let array = try ArrayFile(
        image, as: options.rawmode, in: NRRD.types, format: NRRD.name)
      let bands = image.mode.bands.map(Optional.some)
      let lines = NRRD.lines(
        width: image.width, height: image.height, array.words.element, array.typeName, .pixel,
        bands)
      return array.file(header: Array((lines + ["", ""]).joined(separator: "\n").utf8))
    })

  /// The modes with samples that an array has.
  static let arrayModes: [Mode] = [
    .gray, .grayAlpha, .rgb, .rgba, .integer, .float, .gray16, .gray16Little, .gray16Big,
    .gray16Native,
  ]
}

enum NRRD {
  static let name = "nrrd"
  static let magic = Array("NRRD000".utf8)

  static let types = ElementNames([
    ("u8", ["uint8", "uchar", "unsigned char", "uint8_t"]),
    ("i8", ["int8", "signed char", "int8_t"]),
    ("u16", ["uint16", "ushort", "unsigned short", "unsigned short int", "uint16_t"]),
    ("i16", ["int16", "short", "short int", "signed short", "signed short int", "int16_t"]),
    ("u32", ["uint32", "uint", "unsigned int", "uint32_t"]),
    ("i32", ["int32", "int", "signed int", "int32_t"]),
    (
      "u64",
      [
        "uint64", "ulonglong", "unsigned long long", "unsigned long long int", "uint64_t",
      ]
    ),
    (
      "i64",
      [
        "int64", "longlong", "long long", "long long int", "signed long long",
        "signed long long int", "int64_t",
      ]
    ),
    ("f32", ["float"]),
    ("f64", ["double"]),
  ])

  /// The fields that say where the pixels stand and what they are.
  private static let known: Set<String> = [
    "type", "dimension", "sizes", "endian", "encoding", "kinds", "labels", "data file", "datafile",
    "line skip", "lineskip", "byte skip", "byteskip",
  ]

  /// The lines of a header, but for those that say where the samples are.
  static func lines(
    width: Int, height: Int, _ element: ArrayElement, _ type: String, _ order: SampleGrid.Order,
    _ slots: [String?]
  ) -> [String] {
    let names = slots.map { $0 ?? SidecarHeader.unused }
    let kind =
      switch names {
      case ["R", "G", "B"]: "RGB-color"
      case ["R", "G", "B", "A"]: "RGBA-color"
      case ["H", "S", "V"]: "HSV-color"
      default: "vector"
      }
    var axes = [
      (size: width, kind: "domain", label: "x"), (size: height, kind: "domain", label: "y"),
    ]
    if names.count > 1 {
      let place =
        switch order {
        case .pixel: 0
        case .line: 1
        case .plane: 2
        }
      axes.insert((names.count, kind, names.joined(separator: ",")), at: place)
    }
    var lines = [
      "NRRD0005", "type: \(type)", "dimension: \(axes.count)",
      "sizes: \(axes.map { "\($0.size)" }.joined(separator: " "))",
      "kinds: \(axes.map(\.kind).joined(separator: " "))",
      "labels: \(axes.map { "\"\($0.label)\"" }.joined(separator: " "))",
    ]
    if element.byteCount > 1 { lines.append("endian: \(element.isBigEndian ? "big" : "little")") }
    return lines + ["encoding: raw"]
  }

  @Sendable static func describe(
    _ reader: inout HeaderReader, _ options: FileFormat.DescribeOptions
  ) throws(FormatError) -> FileFormat.Description {
    reader.offset = 0
    let fields = try fields(&reader)
    let encoding = fields["encoding"] ?? "raw"
    guard encoding.lowercased() == "raw" else {
      let isText = ["ascii", "text", "txt", "hex"].contains(encoding.lowercased())
      throw .unsupported(
        format: name,
        feature: isText ? "samples as text" : "\(encoding.withoutControls()) compression")
    }
    var array = try array(fields)
    let data = try dataFile(fields, options)
    let byteCount = data?.buffer.byteCount ?? reader.byteCount
    array.offset = try start(
      fields, of: array, in: data?.buffer ?? reader.buffer, from: data == nil ? reader.offset : 0)
    var pixels = try array.pixels(in: byteCount, of: data, options)
    pixels.data = data
    pixels.metadata = fields.metadata(pixels.format) { known.contains($0.key) }
    if let field = fields.field("old min", "oldmin"), let most = fields["old max", "oldmax"] {
      pixels.notes.append(
        "the samples stand for numbers from \(field.value.withoutControls()) to "
          + "\(most.withoutControls()); they are shown as they are stored")
    }
    return .mapped(pixels)
  }

  private static func fields(_ reader: inout HeaderReader) throws(FormatError) -> HeaderFields {
    var fields = HeaderFields(name)
    let first = try reader.line() ?? ""
    guard first.hasPrefix("NRRD000"), first.count == 8 else {
      throw reader.malformed(
        at: 0, found: "\"\(first.prefix(16).description.withoutControls())\"",
        expected: "NRRD0001 to NRRD0005")
    }
    try fields.append(
      linesOf: &reader, expected: "FIELD: VALUE, or an empty line before the samples"
    ) { line in
      if line.isEmpty { return .end }
      if line.hasPrefix("#") { return .idle }
      // A key may be that of a field, which it does not mean.
      if let (key, value) = line.divided(by: ":="), !key.contains(":") {
        return .field(key: "\(key):=", value: value)
      }
      return line.divided(by: ":").map { .field(key: $0.key.lowercased(), value: $0.value) }
    }
    return fields
  }

  private static func array(_ fields: HeaderFields) throws(FormatError) -> StoredArray {
    let type = try fields.required("type")
    let isBigEndian: Bool
    switch fields["endian"]?.lowercased() {
    case "big": isBigEndian = true
    case "little", nil: isBigEndian = false
    default:
      throw fields.malformed(try fields.required("endian"), expected: "little or big")
    }
    guard let element = types.element(type.value.lowercased(), isBigEndian: isBigEndian) else {
      throw .unsupported(format: name, feature: "the type \"\(type.value.withoutControls())\"")
    }
    if element.byteCount > 1 { _ = try fields.required("endian") }
    let (sizes, offset) = try fields.axes("sizes", count: "dimension", called: "the dimension")
    let kinds = (fields["kinds"] ?? "").split(separator: " ").map { $0.lowercased() }
    return try StoredArray(
      format: name, element, axes: sizes, bandAxis: bandAxis(sizes, kinds),
      mode: kinds.contains("hsv-color") ? .hsv : nil, sizeOffset: offset)
  }

  /// The axis of the bands; `nil` where there is none.
  private static func bandAxis(_ sizes: [Int], _ kinds: [String]) -> Int? {
    let places = [
      "domain", "space", "time", "list", "???", "none",
    ]
    guard sizes.count > 2 else { return nil }
    if kinds.count == sizes.count {
      if let axis = kinds.firstIndex(where: { !places.contains($0) }) {
        return axis < 3 ? axis : nil
      }
      if !kinds.contains("???"), !kinds.contains("none") { return nil }
    }
    return 2...4 ~= sizes[0] ? 0 : nil
  }

  private static func dataFile(
    _ fields: HeaderFields, _ options: FileFormat.DescribeOptions
  ) throws(FormatError) -> DataFile? {
    guard let field = fields.field("data file", "datafile") else { return nil }
    let isPattern = field.value.contains("%") && field.value.contains(" ")
    guard field.value != "LIST", !field.value.hasPrefix("LIST "), !isPattern else {
      throw .unsupported(format: name, feature: "samples in several files")
    }
    return try options.dataFile(field.value, format: name)
  }

  /// Where the samples start.
  private static func start(
    _ fields: HeaderFields, of array: StoredArray, in buffer: Buffer, from first: Int
  ) throws(FormatError) -> Int {
    var reader = HeaderReader(buffer, format: name, offset: first)
    if let field = fields.field("line skip", "lineskip") {
      for _ in 0..<(try fields.integer(field, in: 0...1 << 20)) {
        guard try reader.line() != nil else {
          throw fields.malformed(field, expected: "as many lines in the file with the samples")
        }
      }
    }
    guard let field = fields.field("byte skip", "byteskip") else { return reader.offset }
    let skip = try fields.integer(field, in: -1...Int.max)
    if skip == -1 {
      guard let byteCount = array.byteCount, byteCount <= buffer.byteCount - first else {
        throw fields.malformed(field, expected: "\(array.words) in the file")
      }
      return buffer.byteCount - byteCount
    }
    guard let start = reader.offset.added(to: skip) else {
      throw fields.malformed(field, expected: "a byte of the file")
    }
    return start
  }
}

extension SidecarHeader {
  /// NRRD with a detached header: axes fastest first.
  static let nrrd = SidecarHeader(
    name: "nrrd", summary: "NRRD header that names the file", suffix: ".nhdr", namesFile: true,
    isOpened: true
  ) { grid, file throws(FormatError) in
    let box = try grid.arrangement(for: NRRD.name)
    let lines = NRRD.lines(
      width: grid.width, height: grid.height, grid.element,
      try NRRD.types.name(of: grid.element, NRRD.name), box.order, box.slots)
    return (lines + ["byte skip: \(box.offset)", "data file: \(file)", ""]).joined(separator: "\n")
  }
}
