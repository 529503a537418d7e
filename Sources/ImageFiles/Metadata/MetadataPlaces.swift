import PixelViews

/// What of a file's metadata a format has a place for.
package struct MetadataPlaces: Sendable {
  var holdsProfile = false
  /// Whether a profile may be damaged or deflated: it goes on as it is.
  var holdsStreams = false
  var holdsDensity = false
  /// Whether a density may have no unit, and say the shape of a pixel only.
  var holdsPixelShape = false
  /// Whether there is a place for the numbers of a density.
  var canHold: @Sendable (Metadata.Density) -> Bool = { $0.pngNumbers != nil }
  var holdsBackground = false
  var holdsSignificantBits = false
  /// Whether there is a place for what makes numbers of such samples, stored as they are.
  var holdsRescaling: @Sendable (Rescaling, Image) -> Bool = { _, _ in false }
  /// Whether there may be several texts with one key.
  var repeatsTexts = false
  /// Whether there is a place for what is known of video not to be known.
  var holdsUnknown = false
  /// Whether there is a place for a chunk of PNG.
  var holds: @Sendable (Metadata.Chunk) -> Bool = { _ in false }

  static let none = MetadataPlaces()

  /// The image with the metadata that goes into a file, and the rest, as nouns.
  ///
  /// What says something about samples of a certain kind stays only where these are written.
  func place(_ image: Image) -> (image: Image, lost: [String]) {
    guard let metadata = image.metadata else { return (image, []) }
    var kept = metadata
    kept.losses = []
    if let profile = kept.profile {
      let fits = profile.fits(image.mode)
      let plain = fits && holdsProfile && !holdsStreams ? profile.plain : nil
      if let plain {
        kept.profile = Metadata.Profile(name: profile.name, bytes: plain, isDeflated: false)
      } else if !fits || !holdsProfile || !holdsStreams {
        kept.profile = nil
        kept.lose("color profile" + (fits ? "" : " (for \(profile.space ?? "other colors"))"))
      }
    }
    if let density = kept.density,
      !holdsDensity || !canHold(density) || !density.hasUnit && !holdsPixelShape
    {
      kept.density = nil
      if density != .ofBitmaps { kept.lose("density") }
    }
    if let background = kept.background, !holdsBackground || !background.fits(image) {
      kept.background = nil
      kept.lose("background color")
    }
    if !kept.significantBits.isEmpty {
      kept.significantBits = holdsSignificantBits ? kept.significantBits(for: image.format) : []
      if kept.significantBits.isEmpty { kept.lose("number of significant bits") }
    }
    let isConverted = metadata.format != image.format
    if let rescaling = kept.rescaling, isConverted || !holdsRescaling(rescaling, image) {
      kept.rescaling = nil
      kept.lose(Metadata.rescalingWords)
    }
    var keys: Set<String> = []
    kept.chunks = metadata.chunks.filter { chunk in
      let isSecond = !repeatsTexts && chunk.keyword.map { !keys.insert($0).inserted } == true
      return holds(chunk) && (holdsUnknown || !chunk.isUnknown) && !isSecond
        && !(isConverted && chunk.isOfSamples)
    }
    for chunk in metadata.chunks where !kept.chunks.contains(chunk) && !chunk.isUnknown {
      kept.lose(chunk.summary)
    }
    // Where a chunk goes on as it is, so do the language of a text and its translated key.
    if !holdsStreams { for words in kept.chunks.flatMap(\.untranslated) { kept.lose(words) } }
    let lost = metadata.losses + kept.losses
    kept.losses = []
    kept.changes = []
    return (image.with(metadata: kept.isEmpty ? nil : kept), lost)
  }
}

extension Metadata {
  /// The bits that mean something in samples of another format; empty when colors differ in them and
  /// gray cannot say so.
  fileprivate func significantBits(for format: PixelFormat) -> [UInt8] {
    let depth: UInt8 = format.mode == .bilevel ? 1 : format.type == .u16 ? 16 : 8
    let hasAlpha = significantBits.count.isMultiple(of: 2)
    let colors = hasAlpha ? Array(significantBits.dropLast()) : significantBits
    let isGray =
      format.mode == .bilevel || [.gray, .grayAlpha].contains(format.mode)
      || format.mode.isGray16
    guard let first = colors.first, !isGray || colors.allSatisfy({ $0 == first }) else { return [] }
    let wanted = isGray ? 1 : 3
    var bits = colors.count == wanted ? colors : [UInt8](repeating: first, count: wanted)
    if format.mode == .grayAlpha || format.mode == .rgba {
      bits.append(hasAlpha ? significantBits.last ?? depth : depth)
    }
    return bits.map { min($0, depth) }
  }
}

extension Metadata.Background {
  /// Whether an image can have the color.
  fileprivate func fits(_ image: Image) -> Bool {
    switch image.mode {
    case .rgb, .rgba: return true
    case .palette:
      guard let index, let palette = image.palette, index < palette.count else { return false }
      let color = [red, green, blue].map { UInt8(truncatingIfNeeded: $0 >> 8) }
      return palette.rgb[3 * index..<3 * index + 3].elementsEqual(color)
    default: return red == green && green == blue
    }
  }
}

extension Metadata.Density {
  /// 96 dots an inch: what bitmaps say where nothing is known.
  static let ofBitmaps = Metadata.Density(
    x: Fraction(3780), y: Fraction(3780), unit: .meter)
}
