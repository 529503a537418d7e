import PixelMemory
import PixelViews

/// A layout as a file: every number of it, in JSON. See `Documentation/layout-file.md`.
enum LayoutFile {
  /// What the files of this build say that they are.
  static let version = 1

  /// The layout of an image, on one line.
  static func text(_ image: Image) -> String {
    let layout = image.layout
    return JSON.record([
      "version": .integer(version),
      "mode": .string(image.storedFormat.mode.name),
      "sampleType": .string(image.storedFormat.type.rawValue),
      "size": [.integer(layout.width), .integer(layout.height)],
      "bitOffset": .integer(layout.bitOffset),
      "rowBits": .integer(layout.rowBits),
      "pixelBits": .integer(layout.pixelBits),
      "fields": .array(
        zip(image.storedFormat.mode.bands, layout.fields).map { record($1, band: $0) }),
    ]).text
  }

  private static func record(_ field: SampleField, band: String) -> JSON {
    let storage: JSON =
      switch field.storage {
      case .word(let byteCount, let bigEndian):
        ["word", .integer(byteCount), .string(bigEndian ? "big" : "little")]
      case .bits(let order): ["bits", .string(order.rawValue)]
      case .bitPlanes(let step): ["bitPlanes", .integer(step)]
      case .constant(let value): ["constant", .integer(Int(value))]
      }
    return .record([
      "band": .string(band), "bitOffset": .integer(field.bitOffset), "storage": storage,
      "shift": .integer(field.shift), "bitCount": .integer(field.bitCount),
      "number": .string(field.number.rawValue), "scaling": .string(field.scaling.rawValue),
      "flippedBits": .string("0x" + String(field.flippedBits, radix: 16)),
    ])
  }

  /// The layout in a file, every number checked.
  ///
  /// - Throws: ``ToolError`` that names the file and the byte, or the key, that is wrong.
  static func read(_ path: String) throws(ToolError) -> (layout: Layout, format: PixelFormat) {
    let bytes: [UInt8]
    let limit = JSON.Bounds().byteCount
    do throws(SystemError) { bytes = try Syscalls.contents(of: path, limit: limit) } catch {
      guard error.code == Errno.fileTooBig else { throw ToolError(error, path: path) }
      throw ToolError(
        "\(path): it is more than \(limit) bytes, and a layout file is not; "
          + "`imgtool info SOURCE LAYOUT... --emit-layout` prints one")
    }
    do throws(ToolError) { return try parse(bytes) } catch { throw error.about(path) }
  }

  /// The layout that the bytes of a file describe.
  static func parse(_ bytes: [UInt8]) throws(ToolError) -> (layout: Layout, format: PixelFormat) {
    let json: JSON
    do throws(JSON.ParseError) { json = try JSON.parse(bytes) } catch {
      throw ToolError("no layout file: \(error.message)")
    }
    var file = try JSONRecord(json, "the layout")
    let found = try file.integer("version")
    guard found == version else {
      throw ToolError("the layout is of version \(found); this build reads version \(version)")
    }
    let format = PixelFormat(
      try file.choice("mode") as Mode, try file.choice("sampleType") as SampleType)
    let size = try file.array("size")
    guard size.count == 2, case .integer(let width) = size[0], case .integer(let height) = size[1]
    else { throw ToolError("\"size\" is \(JSON.array(size).text); [width, height] is expected") }
    var layout = Layout(
      width: width, height: height, bitOffset: try file.integer("bitOffset"),
      rowBits: try file.integer("rowBits"), pixelBits: try file.integer("pixelBits"), fields: [])
    for (index, value) in try file.array("fields").enumerated() {
      let band = format.mode.bands.indices.contains(index) ? format.mode.bands[index] : nil
      layout.fields.append(try field(value, index: index, band: band))
    }
    try file.finish()
    do throws(ViewError) { try layout.validate(as: format) } catch {
      throw ToolError(error, name: "the layout")
    }
    return (layout, format)
  }

  private static func field(
    _ value: JSON, index: Int, band: String?
  ) throws(ToolError) -> SampleField {
    var record = try JSONRecord(value, "field \(index)")
    let name = try record.string("band")
    guard band == nil || name == band else {
      throw ToolError("field \(index) is for band \(name); band \(band ?? "") is expected there")
    }
    let flipped = try record.string("flippedBits")
    let digits = flipped.dropFirst(2)
    guard flipped.hasPrefix("0x"), digits.allSatisfy(\.isHexDigit),
      let flippedBits = UInt64(digits, radix: 16)
    else {
      throw ToolError(
        "\"flippedBits\" of field \(index) is \(Values.quoted(flipped)); 0x and up to 16 "
          + "hexadecimal digits are expected")
    }
    let field = SampleField(
      bitOffset: try record.integer("bitOffset"),
      storage: try storage(try record.array("storage"), index: index),
      shift: try record.integer("shift"), bitCount: try record.integer("bitCount"),
      number: try record.choice("number"), scaling: try record.choice("scaling"),
      flippedBits: flippedBits)
    try record.finish()
    return field
  }

  private static func storage(
    _ parts: [JSON], index: Int
  ) throws(ToolError) -> SampleField.Storage {
    let kind = parts.first
    switch (kind, parts.dropFirst().first, parts.dropFirst(2).first, parts.count) {
    case ("word", .integer(let byteCount), .string("little"), 3):
      return .word(byteCount: byteCount, bigEndian: false)
    case ("word", .integer(let byteCount), .string("big"), 3):
      // One byte has no order; a single form keeps equal layouts equal.
      return .word(byteCount: byteCount, bigEndian: byteCount > 1)
    case ("bits", .string(let name), nil, 2):
      if let order = SampleField.BitOrder(rawValue: name) { return .bits(order) }
    case ("bitPlanes", .integer(let step), nil, 2): return .bitPlanes(step: step)
    case ("constant", .integer(let value), nil, 2):
      if let byte = UInt8(exactly: value) { return .constant(byte) }
    default: break
    }
    throw ToolError(
      "\"storage\" of field \(index) is \(JSON.array(parts).text); [\"word\", BYTES, "
        + "\"little\"|\"big\"], [\"bits\", ORDER], [\"bitPlanes\", STEP] or [\"constant\", 0-255] "
        + "is expected")
  }
}
