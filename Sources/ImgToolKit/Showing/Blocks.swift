/// Pictures made of characters.
enum Blocks {
  /// How a color is named to a terminal.
  enum Colors: Sendable {
    /// 24 bits.
    case direct
    /// The cube and the grays of xterm's 256 colors; the first 16 are what users choose.
    case indexed

    fileprivate func parameters(_ color: ScreenColor) -> String {
      switch self {
      case .direct: "2;\(color.red);\(color.green);\(color.blue)"
      case .indexed: "5;\(Blocks.index(of: color))"
      }
    }
  }

  /// Half blocks: each character is two pixels, the ink above and the paper below.
  static func halfBlocks(_ picture: Thumbnail, _ colors: Colors) -> String {
    stride(from: 0, to: picture.height, by: 2).map { top in
      var (text, ink, paper) = ("", "", "")
      for x in 0..<picture.width {
        let upper = picture[x, top]
        let lower = top + 1 < picture.height ? picture[x, top + 1] : .clear
        // What has no color is the terminal's own paper.
        let character = !upper.isClear ? "▀" : !lower.isClear ? "▄" : " "
        let inked = upper.isClear ? lower : upper
        let newInk = inked.isClear ? ink : "38;" + colors.parameters(inked)
        let isPapered = !upper.isClear && !lower.isClear
        let newPaper = isPapered ? "48;" + colors.parameters(lower) : ""
        var changes: [String] = []
        if newInk != ink { changes.append(newInk) }
        if newPaper != paper { changes.append(newPaper.isEmpty ? "49" : newPaper) }
        if !changes.isEmpty { text += "\u{1B}[\(changes.joined(separator: ";"))m" }
        text += character
        (ink, paper) = (newInk, newPaper)
      }
      return text + "\u{1B}[0m"
    }
    .joined(separator: "\n")
  }

  /// From no ink to most of it, for light ink on dark paper.
  static let ramp = Array(" .:-=+*#%@")

  /// One character a pixel, by lightness (Rec. 601).
  static func characters(_ picture: Thumbnail) -> String {
    (0..<picture.height).map { y in
      String(
        (0..<picture.width).map { x in
          let color = picture[x, y]
          if color.isClear { return " " }
          let light = Int(color.red) * 299 + Int(color.green) * 587 + Int(color.blue) * 114
          return ramp[light / 1000 * ramp.count / 256]
        })
    }
    .joined(separator: "\n")
  }

  private static let levels: [UInt8] = [0, 95, 135, 175, 215, 255]

  /// The nearest of xterm's colors 16 to 255: a cube with sides of 6, then 24 grays.
  static func index(of color: ScreenColor) -> Int {
    func nearest(_ value: UInt8) -> Int {
      levels.indices.min { distance(value, levels[$0]) < distance(value, levels[$1]) } ?? 0
    }
    let (red, green, blue) = (nearest(color.red), nearest(color.green), nearest(color.blue))
    let inCube = ScreenColor(levels[red], levels[green], levels[blue])
    let mean = (Int(color.red) + Int(color.green) + Int(color.blue)) / 3
    let step = max(0, min(23, (mean - 3) / 10))
    let gray = UInt8(8 + step * 10)
    let asGray = ScreenColor(gray, gray, gray)
    return color.distance(to: asGray) < color.distance(to: inCube)
      ? 232 + step : 16 + 36 * red + 6 * green + blue
  }

  private static func distance(_ one: UInt8, _ other: UInt8) -> Int { abs(Int(one) - Int(other)) }
}
