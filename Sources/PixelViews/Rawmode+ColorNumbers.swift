/// Colors whose samples are numbers and not parts of a full range: floats, whole numbers with signs, and
/// those of 32 and 64 bits. Pillow has none of them; names are Pillow's for `F` and `I` after the order of
/// the channels, fourccs are those of DRM.
extension Rawmode {
  static let colorNumbers: [Rawmode] =
    order("RGB", .rgb, ["R", "G", "B"], wholeToo: true)
    + order("BGR", .rgb, ["B", "G", "R"], wholeToo: true)
    + order("RGBX", .rgb, ["R", "G", "B", "X"], half: "XB4H")
    + order("BGRX", .rgb, ["B", "G", "R", "X"], half: "XR4H")
    + order("RGBA", .rgba, ["R", "G", "B", "A"], wholeToo: true, half: "AB4H")
    + order("BGRA", .rgba, ["B", "G", "R", "A"], wholeToo: true, half: "AR4H")
    + [.rgb, .rgba].flatMap(planes)

  /// Suffixes, the natural storage of each type of samples before others.
  private static let floats: [(suffix: String, byteCount: Int, bigEndian: Bool, alias: String)] = [
    ("32F", 4, false, "f32le"), ("32BF", 4, true, "f32be"), ("16F", 2, false, "f16le"),
    ("16BF", 2, true, "f16be"), ("64F", 8, false, "f64le"), ("64BF", 8, true, "f64be"),
  ]

  private static let wholes: [(suffix: String, SampleField.Number, byteCount: Int)] = [
    ("32", .unsigned, 4), ("32S", .signed, 4), ("8S", .signed, 1), ("16S", .signed, 2),
    ("64", .unsigned, 8), ("64S", .signed, 8),
  ]

  /// All numbers in one order of channels.
  private static func order(
    _ name: String, _ mode: Mode, _ bands: [String], wholeToo: Bool = false, half: String? = nil
  ) -> [Rawmode] {
    func rawmode(
      _ suffix: String, _ number: SampleField.Number, _ byteCount: Int, _ bigEndian: Bool,
      aliases: [String] = []
    ) -> Rawmode {
      Rawmode(
        "\(name);\(suffix)", mode,
        .elements(
          bands.map { Element(band: $0) },
          ElementType(byteCount: byteCount, bigEndian: bigEndian, number: number)),
        type: PixelFormat(mode, holding: number, bitCount: byteCount.inBits).type, aliases: aliases)
    }
    let found = floats.map { float in
      rawmode(
        float.suffix, .float, float.byteCount, float.bigEndian,
        aliases: [name.lowercased() + float.alias]
          + [half].compactMap { float.suffix == "16F" ? $0 : nil })
    }
    guard wholeToo else { return found }
    return found
      + wholes.flatMap { suffix, number, byteCount in
        let sign = number == .signed ? "S" : ""
        return [rawmode(suffix, number, byteCount, false)]
          + (byteCount == 1
            ? []
            : [rawmode("\(byteCount.inBits)B\(sign)", number, byteCount, true)])
      }
  }

  /// Planes of green, blue and red, as ffmpeg has floats.
  private static func planes(_ mode: Mode) -> [Rawmode] {
    floats.filter { $0.byteCount < 8 }.map { float in
      let name = mode == .rgb ? "gbrp" : "gbrap"
      let field = SampleField.word(
        at: 0, byteCount: float.byteCount, bigEndian: float.bigEndian, number: .float)
      return Rawmode(
        name + float.alias, mode,
        .planes(
          (["G", "B", "R"] + mode.bands.dropFirst(3)).map {
            PlaneShape(groupBits: float.byteCount.inBits, samples: [$0: [field]])
          }), type: .f32, aliases: float.bigEndian ? [] : [name + float.alias.dropLast(2)])
    }
  }
}
