import PixelViews

/// The ways to store pixels that are met most, in families of what they show. Byte order, sign and
/// the order of channels have keys of their own, and every other rawmode has a name.
struct FormatFamily: Sendable {
  let name: String
  let rawmodes: [Rawmode]
  /// The names that the table has, each of which is a rawmode's.
  let nameCount: Int

  private init(_ name: String, _ names: String...) {
    self.name = name
    rawmodes = names.compactMap { Rawmode.named($0, mode: nil) }
    nameCount = names.count
  }

  static let all: [FormatFamily] = [
    FormatFamily(
      "gray", "L", "gray16le", "LA", "gray10le", "gray12le", "gray14le", "1", "gray2", "gray4"),
    FormatFamily(
      "color", "RGB", "RGBA", "RGBX", "rgb565le", "rgb555le", "rgb48le", "RGBA;16L", "x2rgb10le",
      "RGB332", "gbrp", "CMYK"),
    FormatFamily(
      "video", "nv12", "yuv420p", "yuyv", "nv16", "yuv422p", "nv24", "yuv444p", "yuv24", "p010",
      "yuv420p10le", "v210", "y210", "y410", "nv15"),
    FormatFamily(
      "sensor", "raw10", "raw12", "raw14", "mono10p", "mono12p", "mono14p", "tiff12",
      "mono12packed", "mono10packed", "ipu3"),
    FormatFamily(
      "numbers", "float32", "float16", "float64", "int16", "int32", "int8", "int64", "uint64"),
    FormatFamily("palette", "P", "P;4", "P;2", "P;1", "PA"),
  ]

  /// Where a rawmode stands, or the one that is nearest to it: of the same mode.
  static func place(of rawmode: Rawmode) -> (family: Int, format: Int?) {
    for (family, found) in all.enumerated() {
      if let format = found.rawmodes.firstIndex(of: rawmode) { return (family, format) }
    }
    let family = all.firstIndex { family in
      family.rawmodes.contains { $0.mode == rawmode.mode && $0.hasPlanes == rawmode.hasPlanes }
    }
    return (family ?? all.firstIndex { $0.rawmodes.contains { $0.mode == rawmode.mode } } ?? 0, nil)
  }
}
