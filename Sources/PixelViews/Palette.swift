/// The colors behind the indices of modes `P` and `PA`.
public struct Palette: Hashable, Sendable {
  /// RGBA quadruples, at most 256 of them.
  public let colors: [UInt8]

  /// The number of entries.
  public var count: Int { colors.count / 4 }

  /// Whether an entry is not opaque.
  public var hasAlpha: Bool { alpha.contains { $0 < 255 } }

  /// Whether each index is its own gray, so that indices and gray values are the same.
  package var isGrayRamp: Bool { self == Palette.gray }

  /// A palette of RGB triples; `nil` unless there are 1 to 256 whole ones.
  public init?(rgb: [UInt8]) {
    guard !rgb.isEmpty, rgb.count.isMultiple(of: 3), rgb.count <= 768 else { return nil }
    var colors: [UInt8] = []
    colors.reserveCapacity(rgb.count / 3 * 4)
    for start in stride(from: 0, to: rgb.count, by: 3) {
      colors += rgb[start..<start + 3]
      colors.append(255)
    }
    self.colors = colors
  }

  /// A palette of RGBA quadruples; `nil` unless there are 1 to 256 whole ones.
  public init?(rgba: [UInt8]) {
    guard !rgba.isEmpty, rgba.count.isMultiple(of: 4), rgba.count <= 1024 else { return nil }
    colors = rgba
  }

  /// The ramp in which each index is its own gray.
  public static let gray = Palette(ramp: 256)

  private init(colors: [UInt8]) { self.colors = colors }

  private init(ramp count: Int) {
    var colors: [UInt8] = []
    for index in 0..<count {
      let value = UInt8(index)
      colors += [value, value, value, 255]
    }
    self.colors = colors
  }

  /// The red, green and blue bytes of every entry, as files store them.
  public var rgb: [UInt8] {
    var bytes: [UInt8] = []
    for start in stride(from: 0, to: colors.count, by: 4) { bytes += colors[start..<start + 3] }
    return bytes
  }

  /// The opacity of every entry.
  public var alpha: [UInt8] { stride(from: 3, to: colors.count, by: 4).map { colors[$0] } }

  /// The red, green, blue and opacity of an entry; none of one that is not there.
  func color(_ index: Int) -> [UInt8] {
    index < count ? Array(colors[index * 4..<index * 4 + 4]) : []
  }

  /// The same colors without the entries from `count` on; at least one entry is kept.
  package func prefix(_ count: Int) -> Palette {
    Palette(colors: Array(colors.prefix(max(1, count) * 4)))
  }
}
