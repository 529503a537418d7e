import ImageFiles
import PixelViews

extension Comparison {
  /// What may differ without an answer of no.
  struct Tolerance: Sendable {
    /// Differences of up to this much per sample are accepted, as none is if it is not said.
    var error: Double?
    /// The share of pixels that may have a larger error.
    var percent: Double?
    /// The least PSNR and SSIM of all bands together.
    var psnr: Double?
    var ssim: Double?

    /// Whether pixels decide: where nothing else does, or where it was said how.
    private var isOfPixels: Bool {
      error != nil || percent != nil || psnr == nil && ssim == nil
    }

    /// What is not accepted; a text that is empty where the rest of the answer says it.
    func refusals(of difference: Difference, _ similarity: Similarity) -> [String] {
      if difference.isSame { return [] }
      var refusals: [String] = []
      let failing = Double(difference.failingPixels) / Double(difference.pixelCount) * 100
      if isOfPixels, failing > percent ?? 0 { refusals.append("") }
      if let psnr, !(similarity.psnr >= psnr) {
        refusals.append("the PSNR is less than \(psnr.plainText)")
      }
      if let ssim, !(similarity.ssim ?? 0 >= ssim) {
        refusals.append("the SSIM is less than \(ssim.plainText)")
      }
      return refusals
    }
  }

  /// Both images as they are stored, where they are `YCbCr` of one format and nothing but its color is
  /// shown.
  static func storedVideo(_ a: Image, _ b: Image) -> (a: Image, b: Image)? {
    guard let a = a.storedVideo, let b = b.storedVideo, a.format == b.format else { return nil }
    return (a, b)
  }

  /// How much the bands of two images are alike: of the stored planes, where both show the color of the
  /// same `YCbCr`, else of what is shown.
  ///
  /// - Parameters:
  ///   - images: as they were opened.
  ///   - pair: in the mode in which they are compared.
  ///   - isSame: whether these are the same.
  static func similarity(
    of images: (a: Image, b: Image), as pair: (a: Image, b: Image), region: Rectangle?,
    isSame: Bool, threads: Int
  ) throws(ViewError) -> Similarity {
    if let (a, b) = storedVideo(images.a, images.b), a.layout.shares == b.layout.shares {
      return try Similarity.between(a, b, region: region, threads: threads)
    }
    return try isSame
      ? Similarity(same: pair.a, region: region)
      : Similarity.between(pair.a, pair.b, region: region, threads: threads)
  }
}

extension Image {
  /// The samples of video as they are stored, where nothing but their color is shown.
  fileprivate var storedVideo: Image? {
    guard storedFormat.mode == .ycbcr else { return nil }
    switch stages.first {
    case nil: return self
    case .convert(let conversion):
      return stages.count == 1 && conversion.target.mode == .rgb ? stored : nil
    default: return nil
    }
  }
}

extension Similarity {
  /// One object for each band.
  var bandsJSON: JSON {
    .array(
      bands.map { band in
        .members([
          "band": .string(band.name), "max": .number(band.maximum),
          "mean": .number(band.meanAbsoluteError), "mse": .number(band.meanSquaredError),
          "psnr": .decibels(band.psnr), "ssim": band.ssim.map(JSON.number) ?? .null,
          "peak": .number(band.peak),
        ])
      })
  }

  /// The bands together.
  var averageJSON: JSON {
    .members([
      "mse": .number(meanSquaredError), "psnr": .decibels(psnr),
      "ssim": ssim.map(JSON.number) ?? .null,
    ])
  }

  /// The numbers of a comparison in a mode: those that `--fail-psnr` and `--fail-ssim` ask for, behind the
  /// PSNR of the pixels where these have other bands.
  func text(in mode: Mode, pixels ratio: Double) -> String {
    bands.map(\.name) == mode.bands
      ? text : "PSNR \(ratio.shortText) dB; as stored, \(text)"
  }

  /// All numbers for people.
  var text: String { "PSNR \(psnr.shortText) dB\(ratios)\(likeness)" }

  private var ratios: String { eachBand { $0.psnr.shortText } }

  private var likeness: String {
    guard let ssim else { return "" }
    return ", SSIM \(ssim.likeness)" + eachBand { $0.ssim?.likeness ?? "none" }
  }

  /// A number of each of several bands.
  private func eachBand(_ number: (Band) -> String) -> String {
    bands.count == 1
      ? "" : " (\(bands.map { "\($0.name) \(number($0))" }.joined(separator: ", ")))"
  }
}

extension Double {
  /// A structural similarity with the digits that ffmpeg prints, of which one below 1 never looks like 1.
  var likeness: String { ((self * 1e6).rounded(.down) / 1e6).plainText }
}

extension JSON {
  /// A signal-to-noise ratio; `null` where there is no noise.
  static func decibels(_ ratio: Double) -> JSON { ratio == .infinity ? .null : .number(ratio) }

  /// An object of all pairs.
  static func members(_ pairs: KeyValuePairs<String, JSON>) -> JSON {
    .object(pairs.map { Member(key: $0.key, value: $0.value) })
  }
}
