/// Which color each pixel of a color sensor has seen: the four of a cell of 2 x 2 pixels, which repeats
/// from the top-left pixel on (Bayer, US patent 3971065).
///
/// It is meaning, not bytes: a mosaic is an image of one band, and views of it move the colors.
public struct Mosaic: Hashable, Sendable {
  /// A color of the cell. The first green is the one beside red in the row, in the picture that was
  /// given its mosaic; turning it leaves each green what it was.
  public enum Color: Int, Sendable, CaseIterable {
    case red, green1, green2, blue

    /// Its band in RGB.
    var band: Int {
      switch self {
      case .red: 0
      case .green1, .green2: 1
      case .blue: 2
      }
    }

    fileprivate var letter: Character {
      switch self {
      case .red: "r"
      case .green1, .green2: "g"
      case .blue: "b"
      }
    }
  }

  /// Where red stands in the cell, in reading order from 0. Blue is opposite.
  private var redSite: Int
  /// Whether the first green is beside red in its column, as after a quarter turn.
  private var isTransposed = false

  /// The four arrangements, as the names of rawmodes and programs have them.
  public static let names = ["rggb", "grbg", "gbrg", "bggr"]

  /// The mosaic whose cell reads so, row by row; `nil` for other names. Case does not count.
  public init?(_ name: String) {
    guard let site = Mosaic.names.firstIndex(of: name.lowercased()) else { return nil }
    redSite = site
  }

  /// The cell in reading order, as one of ``names``.
  public var name: String { String((0..<4).map { self[$0 & 1, $0 >> 1].letter }) }

  /// The color of a pixel; places before the first one continue the pattern.
  public subscript(x: Int, y: Int) -> Color {
    switch (x & 1 | (y & 1) << 1) ^ redSite {
    case 0: .red
    case 1: isTransposed ? .green2 : .green1
    case 2: isTransposed ? .green1 : .green2
    default: .blue
    }
  }

  /// The place of a color in the first cell.
  func site(of color: Color) -> (x: Int, y: Int) {
    let distance =
      switch color {
      case .red: 0
      case .green1: isTransposed ? 2 : 1
      case .green2: isTransposed ? 1 : 2
      case .blue: 3
      }
    let site = redSite ^ distance
    return (x: site & 1, y: site >> 1)
  }

  /// The mosaic of an image of this size, mirrored or turned.
  package func reoriented(_ reorientation: Reorientation, width: Int, height: Int) -> Mosaic {
    seen(through: Lens(reorientation, width: width, height: height)) ?? self
  }

  /// The mosaic of a view; `nil` where it leaves out each second column or row, and so colors.
  func seen(through lens: Lens) -> Mosaic? {
    guard lens.columns.step & 1 == 1, lens.rows.step & 1 == 1 else { return nil }
    let isRed = { (site: Int) in
      let (column, row) = lens.stored(x: site & 1, y: site >> 1)
      return self[column, row] == .red
    }
    guard let site = (0..<4).first(where: isRed) else { return nil }
    var view = self
    view.redSite = site
    view.isTransposed = isTransposed != lens.isTransposed
    return view
  }
}

extension Mosaic {
  /// The mosaic that the name of a rawmode tells, as V4L2, GenICam, ROS, ffmpeg and libcamera name
  /// them: `bayer-rggb8`, `bayer_bggr16le`, `SRGGB10P`, `pRAA`, `RG10`, `BayerRG12p`.
  ///
  /// - Returns: `nil` for the names of rawmodes that are not of a mosaic.
  public init?(rawmode name: String) {
    let folded = name.lowercased()
    for arrangement in Mosaic.names {
      for prefix in ["bayer-", "bayer_", "s"] where folded.hasPrefix(prefix + arrangement) {
        self.init(arrangement)
        return
      }
      // GenICam tells the first row alone.
      if name.hasPrefix("Bayer" + arrangement.prefix(2).uppercased()) {
        self.init(arrangement)
        return
      }
    }
    guard let arrangement = Mosaic.fourCharacterCodes[name] else { return nil }
    self.init(arrangement)
  }

  /// The codes of V4L2 and DRM whose letters are not an arrangement after a prefix.
  private static let fourCharacterCodes: [String: String] = {
    let codes = [
      "rggb": "RGGB RG10 pRAA RG12 pRCC RG14 pREE",
      "grbg": "GRBG BA10 pgAA BA12 pgCC GR14 pgEE GR16",
      "gbrg": "GBRG GB10 pGAA GB12 pGCC GB14 pGEE GB16",
      "bggr": "BA81 BG10 pBAA BG12 pBCC BG14 pBEE BYR2",
    ]
    return codes.reduce(into: [:]) { table, line in
      for code in line.value.split(separator: " ") { table[String(code)] = line.key }
    }
  }()
}
