import PixelViews

extension SidecarHeader {
  /// ENVI: `NAME.hdr` beside `NAME`, lines of `key = value` ("ENVI Header Files", L3Harris).
  static let envi = SidecarHeader(
    name: "envi", summary: "ENVI header, beside the file and with its name", suffix: ".hdr",
    namesFile: false
  ) { grid, _ throws(FormatError) in
    let types = [
      "u8": "1", "i16": "2", "i32": "3", "f32": "4", "f64": "5", "u16": "12", "u32": "13",
      "i64": "14", "u64": "15",
    ]
    let box = try grid.arrangement(for: "envi")
    let interleave =
      switch box.order {
      case .pixel: box.slots.count == 1 ? "bsq" : "bip"
      case .line: "bil"
      case .plane: "bsq"
      }
    return """
      ENVI
      samples = \(grid.width)
      lines = \(grid.height)
      bands = \(box.slots.count)
      header offset = \(box.offset)
      file type = ENVI Standard
      data type = \(try grid.element.name(in: types, "envi"))
      interleave = \(interleave)
      byte order = \(grid.element.isBigEndian ? 1 : 0)
      band names = {\(box.slots.map { $0 ?? "unused" }.joined(separator: ", "))}
      \(defaultBands(box.slots))
      """
  }

  /// The line that tells a viewer which bands are red, green and blue; empty where none are.
  private static func defaultBands(_ slots: [String?]) -> String {
    let places = ["R", "G", "B"].compactMap { slots.firstIndex(of: $0) }
    return places.count < 3
      ? "" : "default bands = {\(places.map { "\($0 + 1)" }.joined(separator: ", "))}\n"
  }

  /// GDAL's virtual raster with `VRTRawRasterBand`s ("VRT - GDAL Virtual Format"): any strides, with
  /// a sign, for each band.
  static let vrt = SidecarHeader(
    name: "vrt", summary: "GDAL virtual raster that names the file", suffix: ".vrt",
    namesFile: true, hasEncoding: true
  ) { grid, file throws(FormatError) in
    let types = [
      "u8": "Byte", "i8": "Int8", "u16": "UInt16", "i16": "Int16", "u32": "UInt32", "i32": "Int32",
      "u64": "UInt64", "i64": "Int64", "f16": "Float16", "f32": "Float32", "f64": "Float64",
    ]
    let type = try grid.element.name(in: types, "vrt")
    let isRelative = !file.hasPrefix("/")
    var lines = ["<VRTDataset rasterXSize=\"\(grid.width)\" rasterYSize=\"\(grid.height)\">"]
    for (index, (band, offset)) in zip(grid.bands, grid.offsets).enumerated() {
      lines += [
        "  <VRTRasterBand dataType=\"\(type)\" band=\"\(index + 1)\" subClass=\"VRTRawRasterBand\">",
        "    <Description>\(band)</Description>",
        "    <ColorInterp>\(colorInterpretation(band, of: grid.bands))</ColorInterp>",
        "    <SourceFilename relativeToVRT=\"\(isRelative ? 1 : 0)\">\(escaped(file))</SourceFilename>",
        "    <ImageOffset>\(offset)</ImageOffset>",
        "    <PixelOffset>\(grid.pixelStride)</PixelOffset>",
        "    <LineOffset>\(grid.rowStride)</LineOffset>",
        "    <ByteOrder>\(grid.element.isBigEndian ? "MSB" : "LSB")</ByteOrder>",
        "  </VRTRasterBand>",
      ]
    }
    return (lines + ["</VRTDataset>"]).joined(separator: "\n") + "\n"
  }

  private static func colorInterpretation(_ band: String, of bands: [String]) -> String {
    if bands.count <= 2 { return band == "A" ? "Alpha" : band == "P" ? "Palette" : "Gray" }
    let names =
      switch bands.prefix(3) {
      case ["R", "G", "B"]: ["R": "Red", "G": "Green", "B": "Blue", "A": "Alpha"]
      case ["C", "M", "Y"]: ["C": "Cyan", "M": "Magenta", "Y": "Yellow", "K": "Black"]
      case ["H", "S", "V"]: ["H": "Hue", "S": "Saturation", "V": "Lightness"]
      case ["Y", "Cb", "Cr"]: ["Y": "YCbCr_Y", "Cb": "YCbCr_Cb", "Cr": "YCbCr_Cr"]
      default: [String: String]()
      }
    return names[band] ?? "Undefined"
  }

  /// Text for the inside of an element of XML.
  private static func escaped(_ text: String) -> String {
    text.reduce(into: "") { out, character in
      switch character {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      default: out.append(character)
      }
    }
  }
}
