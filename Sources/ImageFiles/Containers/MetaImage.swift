// MetaImage, `.mha`, and its detached header, `.mhd` ("MetaIO", Kitware).
//
//      ObjectType = Image
//      NDims = 2                                 axes, the fastest first
//      BinaryData = True
//      BinaryDataByteOrderMSB = False            or ElementByteOrderMSB
//      CompressedData = False
//      DimSize = 640 480
//      HeaderSize = 0                            bytes to skip; -1: the samples end the file
//      ElementNumberOfChannels = 3               samples of a pixel, side by side
//      ElementType = MET_USHORT
//      ElementDataFile = LOCAL                   or the name of a file; this line is the last
//
// Mapped in place; written as one file. Axes after rows and columns are frames. Refused: compressed data,
// numbers as text, several data files. There is no magic number: the first key is known.

import PixelMemory
import PixelViews

extension FileFormat {
  static let metaImage = FileFormat(
    name: "metaimage", summary: "MetaImage, one file, or a header that names the file",
    suffixes: [".mha"], modes: arrayModes, wideModes: [.gray, .grayAlpha, .rgb, .rgba],
    numberColors: PixelFormat.numberColors, honorsRawmode: true, keepsNumbers: true,
    namesBands: false,
    unpacking: "write it by SimpleITK.WriteImage(image, path, useCompression=False)",
    recognize: MetaImage.recognize,
    describe: MetaImage.describe,
    encoding: .plain { image, options throws(FormatError) in
      let array = try ArrayFile(
        image, as: options.rawmode, in: MetaImage.types, format: MetaImage.name)
      let text = MetaImage.text(
        width: image.width, height: image.height, bandCount: image.mode.bandCount,
        array.words.element, array.typeName, skipping: nil, file: "LOCAL")
      return array.file(header: Array(text.utf8))
    })
}

enum MetaImage {
  static let name = "metaimage"

  static let types = ElementNames([
    ("u8", ["MET_UCHAR", "MET_UCHAR_ARRAY"]),
    ("i8", ["MET_CHAR", "MET_ASCII_CHAR", "MET_CHAR_ARRAY"]),
    ("u16", ["MET_USHORT", "MET_USHORT_ARRAY"]),
    ("i16", ["MET_SHORT", "MET_SHORT_ARRAY"]),
    ("u32", ["MET_UINT", "MET_ULONG", "MET_UINT_ARRAY"]),
    ("i32", ["MET_INT", "MET_LONG", "MET_INT_ARRAY"]),
    ("u64", ["MET_ULONG_LONG", "MET_ULONG_LONG_ARRAY"]),
    ("i64", ["MET_LONG_LONG", "MET_LONG_LONG_ARRAY"]),
    ("f32", ["MET_FLOAT", "MET_FLOAT_ARRAY"]),
    ("f64", ["MET_DOUBLE", "MET_DOUBLE_ARRAY"]),
  ])

  @Sendable static func recognize(_ prefix: [UInt8]) -> Bool {
    ["ObjectType", "NDims"].contains { key in
      guard prefix.starts(with: key.utf8) else { return false }
      let rest = prefix.dropFirst(key.utf8.count).drop { $0 == UInt8(ascii: " ") }
      return rest.first == UInt8(ascii: "=")
    }
  }

  /// - Parameter skipping: what stands before the samples in the file of that name.
  static func text(
    width: Int, height: Int, bandCount: Int, _ element: ArrayElement, _ type: String,
    skipping offset: Int?, file: String
  ) -> String {
    """
    ObjectType = Image
    NDims = 2
    BinaryData = True
    BinaryDataByteOrderMSB = \(element.isBigEndian ? "True" : "False")
    CompressedData = False
    DimSize = \(width) \(height)
    \(offset.map { "HeaderSize = \($0)\n" } ?? "")ElementNumberOfChannels = \(bandCount)
    ElementType = \(type)
    ElementDataFile = \(file)

    """
  }

  @Sendable static func describe(
    _ reader: inout HeaderReader, _ options: FileFormat.DescribeOptions
  ) throws(FormatError) -> FileFormat.Description {
    reader.offset = 0
    let fields = try fields(&reader)
    if isTrue(fields["CompressedData"]) {
      throw .unsupported(format: name, feature: "zlib compression")
    }
    if let binary = fields["BinaryData"], !isTrue(binary) {
      throw .unsupported(format: name, feature: "numbers as text")
    }
    var array = try array(fields)
    let file = try fields.required("ElementDataFile")
    let isLocal = ["LOCAL", "Local", "local"].contains(file.value)
    guard !file.value.hasPrefix("LIST"), !file.value.contains("%") else {
      throw .unsupported(format: name, feature: "samples in several files")
    }
    let data = isLocal ? nil : try options.dataFile(file.value, format: name)
    let byteCount = data?.buffer.byteCount ?? reader.byteCount
    let first = isLocal ? reader.offset : 0
    array.offset = first
    if let field = fields.field("HeaderSize") {
      let skip = try fields.integer(field, in: -1...Int.max)
      let start =
        skip == -1
        ? array.byteCount.flatMap { $0 <= byteCount - first ? byteCount - $0 : nil }
        : isLocal ? first : skip
      guard let start else {
        throw fields.malformed(field, expected: "\(array.words) in the file")
      }
      array.offset = start
    }
    var pixels = try array.pixels(in: byteCount, of: data, options)
    pixels.data = data
    pixels.metadata = fields.metadata(pixels.format, isUsual)
    return .mapped(pixels)
  }

  /// Whether a field says where the pixels stand, or of their place in the world what nobody has set.
  private static func isUsual(_ field: HeaderFields.Field) -> Bool {
    let numbers = field.value.split(separator: " ").map { Double($0) ?? .nan }
    switch field.key {
    case "ElementSpacing", "ElementSize": return numbers.allSatisfy { $0 == 1 }
    case "Offset", "Origin", "Position", "CenterOfRotation":
      return numbers.allSatisfy { $0 == 0 }
    case "TransformMatrix", "Rotation", "Orientation":
      let step = Int(Double(numbers.count).squareRoot()) + 1
      return numbers.enumerated().allSatisfy { $1 == ($0.isMultiple(of: step) ? 1 : 0) }
    case "ObjectType", "NDims", "BinaryData", "BinaryDataByteOrderMSB", "ElementByteOrderMSB",
      "CompressedData", "CompressedDataSize", "DimSize", "HeaderSize", "ElementNumberOfChannels",
      "ElementType", "ElementDataFile", "AnatomicalOrientation":
      return true
    default: return false
    }
  }

  private static func isTrue(_ value: String?) -> Bool {
    value?.first.map { "TtYy1".contains($0) } == true
  }

  private static func fields(_ reader: inout HeaderReader) throws(FormatError) -> HeaderFields {
    var fields = HeaderFields(name)
    try fields.append(linesOf: &reader, last: "ElementDataFile", expected: "KEY = VALUE") { line in
      line.trimmed.isEmpty
        ? .idle : line.divided(by: "=").map { .field(key: $0.key, value: $0.value) }
    }
    return fields
  }

  private static func array(_ fields: HeaderFields) throws(FormatError) -> StoredArray {
    if let kind = fields.field("ObjectType"), kind.value != "Image" {
      throw .notAnImage(
        format: name, found: "object \"\(kind.value.withoutControls())\"",
        expected: "ObjectType = Image is needed")
    }
    let type = try fields.required("ElementType")
    let isBigEndian = isTrue(fields["BinaryDataByteOrderMSB", "ElementByteOrderMSB"])
    guard let element = types.element(type.value, isBigEndian: isBigEndian) else {
      throw .unsupported(format: name, feature: "the type \"\(type.value.withoutControls())\"")
    }
    let (axes, offset) = try fields.axes("DimSize", count: "NDims", called: "NDims")
    guard let channels = fields.field("ElementNumberOfChannels") else {
      return try StoredArray(
        format: name, element, axes: axes, bandAxis: nil, sizeOffset: offset)
    }
    let bandCount = try fields.integer(channels, in: 1...Int.max)
    return try StoredArray(
      format: name, element, axes: [bandCount] + axes, bandAxis: 0, sizeOffset: offset)
  }
}

extension SidecarHeader {
  /// MetaImage with a detached header: samples of a pixel side by side only.
  static let metaImage = SidecarHeader(
    name: "mhd", summary: "MetaImage header that names the file", suffix: ".mhd", namesFile: true,
    namesBands: false, isOpened: true
  ) { grid, file throws(FormatError) in
    let box = try grid.unnamedArrangement(for: "mhd")
    guard box.order == .pixel else {
      throw .cannotHoldValue(
        format: "mhd", reason: "the bands are stored \(box.order.rawValue) by \(box.order.rawValue)"
      )
    }
    return MetaImage.text(
      width: grid.width, height: grid.height, bandCount: box.slots.count, grid.element,
      try MetaImage.types.name(of: grid.element, "mhd"), skipping: box.offset, file: file)
  }
}
