import Testing

@testable import PixelViews

/// Chroma between samples against a tent over each sample, at the places of the sitings.
@Suite struct ChromaInterpolationTests {
  private struct Picture {
    let width, height, across, down: Int
    /// Luma, Cb and Cr of each pixel; the pixels of a block have one chroma.
    var pixels: [[Int]] = []

    init(width: Int, height: Int, across: Int, down: Int, highest: Int) {
      (self.width, self.height, self.across, self.down) = (width, height, across, down)
      var chroma: [Int: [Int]] = [:]
      for y in 0..<height {
        for x in 0..<width {
          let block = y / down * width + x / across
          let own = chroma[block] ?? [.random(in: 0...highest), .random(in: 0...highest)]
          chroma[block] = own
          pixels.append([.random(in: 0...highest)] + own)
        }
      }
    }

    func rows(_ area: Rectangle) -> [[Int]] {
      (area.y..<area.y + area.height).flatMap { y in
        (area.x..<area.x + area.width).map { pixels[y * width + $0] }
      }
    }
  }

  /// How much each sample counts for a pixel: less by the distance, and the outermost ones for all
  /// that would stand beyond.
  private func weights(_ pixel: Int, _ length: Int, share: Int, lead: Double) -> [Double] {
    let count = (length + share - 1) / share
    var weights = [Double](repeating: 0, count: count)
    for sample in -2..<count + 2 {
      let distance = abs(Double(pixel) - (Double(sample * share) + lead)) / Double(share)
      weights[min(max(sample, 0), count - 1)] += max(0, 1 - distance)
    }
    return weights
  }

  private func expected(_ picture: Picture, _ siting: ChromaSiting) -> [[Int]] {
    let leads: (across: Double, down: Double) =
      switch siting {
      case .left: (0, Double(picture.down - 1) / 2)
      case .center: (Double(picture.across - 1) / 2, Double(picture.down - 1) / 2)
      case .topLeft: (0, 0)
      }
    return (0..<picture.height).flatMap { y in
      let down = weights(y, picture.height, share: picture.down, lead: leads.down)
      return (0..<picture.width).map { x in
        let across = weights(x, picture.width, share: picture.across, lead: leads.across)
        var sums = [0.0, 0.0]
        for (row, rowWeight) in down.enumerated() {
          for (column, weight) in across.enumerated() {
            let pixel = picture.pixels[row * picture.down * picture.width + column * picture.across]
            sums[0] += Double(pixel[1]) * rowWeight * weight
            sums[1] += Double(pixel[2]) * rowWeight * weight
          }
        }
        // All weights are whole 64ths, so that the sums are exact.
        let luma = picture.pixels[y * picture.width + x][0]
        return [luma] + sums.map { Int(($0 + 0.5).rounded(.down)) }
      }
    }
  }

  private func bytes(_ pixels: [[Int]], _ type: SampleType) -> [UInt8] {
    pixels.joined().flatMap { type == .u8 ? [UInt8($0)] : [UInt8($0 & 255), UInt8($0 >> 8)] }
  }

  private func make(
    _ area: Rectangle, of picture: Picture, by chroma: ChromaInterpolation, _ type: SampleType
  ) -> [UInt8] {
    let reach = chroma.reach(of: area)
    let rows = bytes(picture.rows(reach), type)
    var made = [UInt8](repeating: 0, count: area.width * area.height * 3 * type.byteCount)
    var span = made.mutableSpan
    var target = unsafe span.mutableBytes
    unsafe chroma.make(area, from: rows.span.bytes, reach, into: &target, as: type)
    return made
  }

  @Test(
    arguments: [(2, 1), (2, 2), (4, 1), (4, 4), (1, 1), (1, 2)], ChromaSiting.allCases)
  func `chroma is on the line between samples`(shares: (Int, Int), siting: ChromaSiting) {
    for (width, height) in [(1, 1), (2, 2), (5, 3), (9, 10), (16, 7)] {
      for type in [SampleType.u8, .u16] {
        let picture = Picture(
          width: width, height: height, across: shares.0, down: shares.1,
          highest: type == .u8 ? 255 : 65535)
        let chroma = ChromaInterpolation(
          width: width, height: height, columnShare: shares.0, rowShare: shares.1, siting: siting)
        let bounds = Rectangle(x: 0, y: 0, width: width, height: height)
        let made = make(bounds, of: picture, by: chroma, type)
        #expect(made == bytes(expected(picture, siting), type))
      }
    }
  }

  @Test(arguments: [(2, 1), (2, 2), (4, 1), (4, 4)], ChromaSiting.allCases)
  func `a part is made as in the whole picture`(shares: (Int, Int), siting: ChromaSiting) {
    let picture = Picture(width: 13, height: 11, across: shares.0, down: shares.1, highest: 255)
    let chroma = ChromaInterpolation(
      width: 13, height: 11, columnShare: shares.0, rowShare: shares.1, siting: siting)
    var whole = picture
    whole.pixels = expected(picture, siting)
    var tried = 0
    for y in 0..<11 {
      for x in 0..<13 {
        for (width, height) in [(1, 1), (3, 2), (6, 5)] where x + width <= 13 && y + height <= 11 {
          let area = Rectangle(x: x, y: y, width: width, height: height)
          #expect(make(area, of: picture, by: chroma, .u8) == bytes(whole.rows(area), .u8))
          tried += 1
        }
      }
    }
    #expect(tried == 309)
  }
}
