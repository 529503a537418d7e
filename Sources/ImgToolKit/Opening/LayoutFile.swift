import ImageFiles
import PixelMemory
import PixelViews

/// A layout as a file: every number of it, in JSON. See `Documentation/layout-file.md`.
enum LayoutFile {
  /// What this build reads.
  static let versions = 1...2

  /// The layout of an image, on one line, in the first version that has words for it.
  static func text(_ image: Image) -> String {
    let layout = image.layout
    let hasParts = layout.fields.contains { if case .parts = $0.storage { true } else { false } }
    let bands = image.storedFormat.mode.bands
    let (grid, lens) = (layout.grid, layout.lens)
    func plain(_ value: JSON) -> JSON { grid == nil ? value : .null }
    return JSON.record([
      "version": .integer(grid == nil && !hasParts ? 1 : 2),
      "mode": .string(image.storedFormat.mode.name),
      "sampleType": .string(image.storedFormat.type.rawValue),
      "size": [.integer(layout.width), .integer(layout.height)],
      "bitOffset": plain(.integer(layout.bitOffset)),
      "rowBits": plain(.integer(layout.rowBits)),
      "pixelBits": plain(.integer(layout.pixelBits)),
      "fields": plain(.array(zip(bands, layout.fields).map { record($1, band: $0) })),
      "grid": grid.map { [.integer($0.width), .integer($0.height)] } ?? .null,
      "lens": lens.map(record) ?? .null,
      "planes": grid.map { .array(zip(bands, $0.planes).map { record($1, band: $0) }) } ?? .null,
    ]).text
  }

  private static func record(_ lens: Lens) -> JSON {
    .record([
      "columns": [.integer(lens.columns.first), .integer(lens.columns.step)],
      "rows": [.integer(lens.rows.first), .integer(lens.rows.step)],
      "transposed": .bool(lens.isTransposed),
    ])
  }

  private static func record(_ plane: Grid.Plane, band: String) -> JSON {
    .record([
      "band": .string(band), "bitOffset": .integer(plane.bitOffset),
      "rowBits": .integer(plane.rowBits),
      "share": [.integer(plane.columnShare), .integer(plane.rowShare)],
      "groupBits": .integer(plane.groupBits),
      "fields": .array(plane.fields.map { record($0, band: band) }),
    ])
  }

  private static func record(_ field: SampleField, band: String) -> JSON {
    let storage: JSON =
      switch field.storage {
      case .word(let byteCount, let bigEndian):
        ["word", .integer(byteCount), .string(bigEndian ? "big" : "little")]
      case .bits(let order): ["bits", .string(order.rawValue)]
      case .bitPlanes(let step): ["bitPlanes", .integer(step)]
      case .parts(let parts):
        .array(["parts"] + parts.map { [.integer($0.bitOffset), .integer($0.bitCount)] })
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
    let bytes = try contents(path)
    do throws(ToolError) { return try parse(bytes) } catch { throw error.about(path) }
  }

  /// The bytes of a file that is not longer than any layout file.
  static func contents(_ path: String) throws(ToolError) -> [UInt8] {
    let limit = JSON.Bounds().byteCount
    do throws(SystemError) { return try Syscalls.contents(of: path, limit: limit) } catch {
      guard error.code == Errno.fileTooBig else { throw ToolError(error, path: path) }
      throw ToolError(
        "\(path): it has more than \(limit) bytes, too many for a layout file; "
          + "`imgtool info SOURCE LAYOUT... --emit-layout` prints one")
    }
  }

  /// The layout that the bytes of a file describe.
  static func parse(_ bytes: [UInt8]) throws(ToolError) -> (layout: Layout, format: PixelFormat) {
    let json: JSON
    do throws(JSON.ParseError) { json = try JSON.parse(bytes) } catch {
      throw ToolError("not a layout file: \(error.message)")
    }
    var file = try JSONRecord(json, "the layout")
    let found = try file.integer("version")
    guard versions.contains(found) else {
      throw ToolError(
        "the layout is of version \(found); this build reads versions \(versions.lowerBound) to "
          + "\(versions.upperBound)")
    }
    let format = PixelFormat(
      try file.choice("mode") as Mode, try file.choice("sampleType") as SampleType)
    let (width, height) = try file.pair("size")
    var layout: Layout
    if found > 1, file.has("planes") {
      layout = try view(&file, width: width, height: height, format)
    } else {
      layout = Layout(
        width: width, height: height, bitOffset: try file.integer("bitOffset"),
        rowBits: try file.integer("rowBits"), pixelBits: try file.integer("pixelBits"), fields: [])
      for (index, value) in try file.array("fields").enumerated() {
        let band = format.mode.bands.indices.contains(index) ? format.mode.bands[index] : nil
        layout.fields.append(try field(value, "field \(index)", band: band, version: found))
      }
    }
    try file.finish()
    do throws(ViewError) { try layout.validate(as: format) } catch {
      throw ToolError(error, name: "the layout")
    }
    return (layout, format)
  }

  /// A grid and the lens over it.
  private static func view(
    _ file: inout JSONRecord, width: Int, height: Int, _ format: PixelFormat
  ) throws(ToolError) -> Layout {
    let size = try file.pair("grid")
    var record = try file.record("lens")
    let (columns, rows) = (try record.pair("columns"), try record.pair("rows"))
    let lens = Lens(
      columns: Lens.Steps(first: columns.0, step: columns.1),
      rows: Lens.Steps(first: rows.0, step: rows.1), isTransposed: try record.bool("transposed"))
    try record.finish()
    let planes = try file.array("planes")
    guard planes.count == format.mode.bandCount else {
      throw ToolError(
        .invalid(.fieldCount(found: planes.count, mode: format.mode)), name: "the layout")
    }
    var grid = Grid(width: size.0, height: size.1, planes: [])
    for (band, value) in zip(format.mode.bands, planes) {
      grid.planes.append(try plane(value, band: band))
    }
    do throws(ViewError) {
      return try Layout(checking: grid, lens: lens, width: width, height: height, as: format)
    } catch { throw ToolError(error, name: "the layout") }
  }

  private static func plane(_ value: JSON, band: String) throws(ToolError) -> Grid.Plane {
    var record = try JSONRecord(value, "plane \(band)")
    let name = try record.string("band")
    guard name == band else {
      throw ToolError("plane \(name) stands where that of band \(band) is expected")
    }
    let share = try record.pair("share")
    var plane = Grid.Plane(
      bitOffset: try record.integer("bitOffset"), rowBits: try record.integer("rowBits"),
      columnShare: share.0, rowShare: share.1, groupBits: try record.integer("groupBits"),
      fields: [])
    for (index, value) in try record.array("fields").enumerated() {
      plane.fields.append(
        try field(value, "field \(index) of plane \(band)", band: band, version: 2))
    }
    try record.finish()
    return plane
  }

  private static func field(
    _ value: JSON, _ what: String, band: String?, version: Int
  ) throws(ToolError) -> SampleField {
    var record = try JSONRecord(value, what)
    let name = try record.string("band")
    guard band == nil || name == band else {
      throw ToolError("\(what) is for band \(name); band \(band ?? "") is expected there")
    }
    let flipped = try record.string("flippedBits")
    let digits = flipped.dropFirst(2)
    guard flipped.hasPrefix("0x"), digits.allSatisfy(\.isHexDigit),
      let flippedBits = UInt64(digits, radix: 16)
    else {
      throw ToolError(
        "\"flippedBits\" of \(what) is \(Values.quoted(flipped)); 0x and up to 16 "
          + "hexadecimal digits are expected")
    }
    let field = SampleField(
      bitOffset: try record.integer("bitOffset"),
      storage: try storage(try record.array("storage"), what, version: version),
      shift: try record.integer("shift"), bitCount: try record.integer("bitCount"),
      number: try record.choice("number"), scaling: try record.choice("scaling"),
      flippedBits: flippedBits)
    try record.finish()
    return field
  }

  private static func storage(
    _ parts: [JSON], _ what: String, version: Int
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
    case ("parts", _, _, 2...) where version > 1:
      let runs = parts.dropFirst().compactMap { part -> SampleField.Part? in
        guard case .array(let pair) = part, pair.count == 2, case .integer(let offset) = pair[0],
          case .integer(let count) = pair[1]
        else { return nil }
        return SampleField.Part(bitOffset: offset, bitCount: count)
      }
      if runs.count == parts.count - 1 { return .parts(runs) }
    default: break
    }
    throw ToolError(
      "\"storage\" of \(what) is \(JSON.array(parts).text); [\"word\", BYTES, "
        + "\"little\"|\"big\"], [\"bits\", ORDER], [\"bitPlanes\", STEP] or [\"constant\", 0-255]"
        + (version > 1 ? ", or [\"parts\", [OFFSET, COUNT], ...]," : "") + " is expected")
  }
}
