import PixelViews

extension SidecarHeader {
  /// GDAL's virtual raster with `VRTRawRasterBand`s ("VRT - GDAL Virtual Format"): any strides, with
  /// a sign, for each band.
  static let vrt = SidecarHeader(
    name: "vrt", summary: "GDAL virtual raster that names the file", suffix: ".vrt",
    namesFile: true, hasEncoding: true
  ) { grid, file throws(FormatError) in
    let type = try vrtTypes.name(of: grid.element, "vrt")
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

  private static let vrtTypes = ElementNames([
    ("u8", ["Byte"]), ("i8", ["Int8"]), ("u16", ["UInt16"]), ("i16", ["Int16"]),
    ("u32", ["UInt32"]), ("i32", ["Int32"]), ("u64", ["UInt64"]), ("i64", ["Int64"]),
    ("f16", ["Float16"]), ("f32", ["Float32"]), ("f64", ["Float64"]),
  ])

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
