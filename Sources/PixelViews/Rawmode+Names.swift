/// What other worlds call the bytes of a rawmode: V4L2 and DRM (fourccs), GenICam (the Pixel Format Naming
/// Convention), ROS and OpenCV, NumPy.
///
/// Some names mean other bytes elsewhere. Here they are:
///
/// | name | here | elsewhere |
/// |---|---|---|
/// | `AYUV`, `XYUV` | V4L2's: A (X) first in memory | `vuya`, `vuyx`: DRM's (`AYUV8888`, `XYUV8888`) and Microsoft's |
/// | `RG16` | DRM's RGB565 | `SRGGB16`: V4L2's `RG16` |
/// | `RGB4`, `BGR4` | V4L2's, four bytes | `rgb4`, `bgr4`: ffmpeg's, four bits |
/// | `rgb8`, `bgr8` | ROS's and GenICam's, three bytes | `RGB332`, `BGR233`: ffmpeg's and DRM's, one byte |
/// | `BGR;16` | Pillow's: red in the high bits | `RGB;16`: blue there |
/// | `nv20` | Rockchip's: ten bits without gaps | `nv20le`, `nv20be`: ffmpeg's, in words |
/// | `8UC3`, `8UC4` | OpenCV's order, blue first | `rgb8`, `rgba8` |
extension Rawmode {
  /// The names for rawmodes of a mode, by the name here.
  private static let elsewhere: [Mode: [String: [String]]] = [
    .gray: [
      "L": ["uint8", "8UC1", "Y800", "raw8", "BA81", "GBRG", "GRBG", "RGGB"]
        + mosaics("S", "8") + mosaics("bayer_", "8") + genicam("8")
    ],
    .gray16: [
      "I;16": ["uint16", "16UC1", "Z16", "BYR2", "GB16", "GR16"]
        + mosaics("S", "16") + mosaics("bayer_", "16", "16le") + genicam("16"),
      "I;16B": mosaics("bayer_", "16be"),
      "I;16;10": ["Mono10", "BG10", "GB10", "BA10", "RG10"] + mosaics("S", "10") + genicam("10"),
      "I;16;12": ["Mono12", "BG12", "GB12", "BA12", "RG12"] + mosaics("S", "12") + genicam("12"),
      "I;16;14": ["Mono14", "BG14", "GB14", "GR14", "RG14"] + mosaics("S", "14") + genicam("14"),
      "I;10P": genicam("10p"),
      "I;12P": genicam("12p"),
      "I;12": ["mono12pmsb"],
    ],
    .rgb: [
      "RGB": ["rgb8", "RGB8Packed"],
      "BGR": ["bgr8", "BGR8Packed", "8UC3"],
      "RGB;16L": ["rgb16"],
      "BGR;16L": ["bgr16", "16UC3"],
    ],
    .rgba: [
      "RGBA": ["rgba8"],
      "BGRA": ["bgra8", "8UC4"],
      "RGBA;16L": ["rgba16"],
      "BGRA;16L": ["bgra16", "16UC4"],
    ],
    .integer: [
      "I;16S": ["int16", "16SC1"],
      "I;8S": ["int8", "8SC1"], "I;64S": ["int64"], "I;64": ["uint64"],
    ],
    .float: [
      "F": ["f32"], "F;16F": ["16FC1", "f16"],
      "F;64F": ["f64"],
    ],
  ]

  /// Adds the names that others have for the rawmode.
  mutating func addNamesElsewhere() {
    if let names = Rawmode.elsewhere[mode]?[name] { aliases += names }
  }

  /// The names of the four mosaics, as V4L2, libcamera and ROS spell them.
  static func mosaics(_ prefix: String, _ suffixes: String...) -> [String] {
    suffixes.flatMap { suffix in
      ["RGGB", "GRBG", "GBRG", "BGGR"].map {
        prefix == "S" ? "S\($0)\(suffix)" : prefix + $0.lowercased() + suffix
      }
    }
  }

  /// The names of the four mosaics, as GenICam spells them.
  static func genicam(_ suffix: String) -> [String] {
    ["RG", "GR", "GB", "BG"].map { "Bayer\($0)\(suffix)" }
  }
}
