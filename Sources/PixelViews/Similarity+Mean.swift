extension Similarity {
  /// The mean of what was found for several pairs of images, such as the frames of a clip: of each band the
  /// mean of the squares and of the structural similarity, and the largest error of all.
  package struct Mean: Sendable {
    /// How many were added.
    package private(set) var count = 0
    private var bands: [Sums]?
    /// Whether all had the same bands.
    private var isUniform = true

    private struct Sums: Sendable {
      let name: String
      let sampleCount: Int
      let peak: Double
      var maximum = 0.0
      var absolute = CompensatedSum()
      var squared = CompensatedSum()
      var ssim: CompensatedSum?

      init(_ band: Band) {
        (name, sampleCount, peak) = (band.name, band.sampleCount, band.peak)
        ssim = band.ssim.map { _ in CompensatedSum() }
      }

      func isOfKind(of band: Band) -> Bool {
        name == band.name && sampleCount == band.sampleCount && peak == band.peak
      }

      mutating func add(_ band: Band) {
        maximum = max(maximum, band.maximum)
        absolute.add(band.meanAbsoluteError)
        squared.add(band.meanSquaredError)
        if let similarity = band.ssim { ssim?.add(similarity) }
      }
    }

    package init() {}

    /// Adds one.
    package mutating func add(_ similarity: Similarity) {
      count += 1
      var sums = bands ?? similarity.bands.map(Sums.init)
      isUniform =
        isUniform && sums.count == similarity.bands.count
        && zip(sums, similarity.bands).allSatisfy { $0.isOfKind(of: $1) }
      guard isUniform else { return }
      for index in sums.indices { sums[index].add(similarity.bands[index]) }
      bands = sums
    }

    /// The mean; `nil` where there is none, as nothing was added, or images of other sizes or bands.
    package var similarity: Similarity? {
      guard isUniform, let bands else { return nil }
      let count = Double(count)
      return Similarity(
        bands: bands.map { sums in
          Band(
            name: sums.name, sampleCount: sums.sampleCount, maximum: sums.maximum,
            meanAbsoluteError: sums.absolute.value / count,
            meanSquaredError: sums.squared.value / count, peak: sums.peak,
            ssim: sums.ssim.map { $0.value / count })
        })
    }
  }
}
