import PixelMemory
import PixelViews

/// A color of a screen.
struct ScreenColor: Hashable, Sendable {
  var red, green, blue: UInt8
  /// Whether it is none: what is on the screen stays.
  private(set) var isClear = false

  static let clear = {
    var color = ScreenColor(0, 0, 0)
    color.isClear = true
    return color
  }()

  init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// The square of the distance between two colors.
  func distance(to other: ScreenColor) -> Int {
    let red = Int(red) - Int(other.red)
    let green = Int(green) - Int(other.green)
    let blue = Int(blue) - Int(other.blue)
    return red * red + green * green + blue * blue
  }
}

/// A picture brought to the size of a screen.
struct Thumbnail: Equatable, Sendable {
  let width, height: Int
  /// Row after row.
  private(set) var pixels: [ScreenColor]

  /// What shows through where a picture is not opaque.
  enum Background: Sendable {
    case black
    /// Gray squares with sides of so many pixels.
    case checkerboard(Int)

    fileprivate func gray(x: Int, y: Int) -> UInt64 {
      switch self {
      case .black: 0
      case .checkerboard(let side): (x / side + y / side).isMultiple(of: 2) ? 0x66 : 0x99
      }
    }
  }

  init(width: Int, height: Int, pixels: [ScreenColor]) {
    precondition(pixels.count == width * height)
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  subscript(x: Int, y: Int) -> ScreenColor { pixels[y * width + x] }

  /// Pictures side by side, each at the left of a place of the same width, standing on one line.
  ///
  /// - Precondition: none is wider than its place.
  init(_ pictures: [Thumbnail?], each place: Int, apart gap: Int) {
    let ends = pictures.enumerated().map { $0 * (place + gap) + ($1?.width ?? 0) }
    let width = ends.max() ?? 0
    let height = pictures.compactMap { $0?.height }.max() ?? 0
    var pixels = [ScreenColor](repeating: .clear, count: width * height)
    for (index, picture) in pictures.enumerated() {
      guard let picture else { continue }
      for y in 0..<picture.height {
        let start = (height - picture.height + y) * width + index * (place + gap)
        let row = picture.pixels[y * picture.width..<(y + 1) * picture.width]
        pixels.replaceSubrange(start..<start + picture.width, with: row)
      }
    }
    self.init(width: width, height: height, pixels: pixels)
  }

  /// Averages areas: each pixel is the mean of exactly its share of the picture, parts of pixels
  /// counted by their area and colors by their opacity.
  ///
  /// The sums are whole numbers, so the result is the same for every number of threads.
  /// - Throws: what reading throws; ``ViewError/overflow(width:height:stride:)`` from 2⁴⁸ pixels on.
  /// - Complexity: O(pixels of the picture); the memory of the result and of a tile a thread.
  init(
    of rendition: Rendition, width: Int, height: Int, over background: Background, threads: Int
  ) throws(ViewError) {
    let image = rendition.image
    guard let area = image.width.multiplied(by: image.height), area < 1 << 48 else {
      throw .overflow(width: image.width, height: image.height, stride: 0)
    }
    let black = ScreenColor(0, 0, 0)
    let result = Locked([ScreenColor](repeating: black, count: width * height))
    try Parallel.forEach(count: height, threads: threads) { y throws(ViewError) in
      var row = AveragedRow(y: y, width: width, height: height, of: image)
      try row.add(rendition)
      let whole = 255 * UInt64(area)
      result.withLock { pixels in
        for x in 0..<width {
          let sum = row.sums[x]
          let behind = background.gray(x: x, y: y) * (whole - sum.w)
          func mean(_ sum: UInt64) -> UInt8 { UInt8((sum + behind + whole / 2) / whole) }
          pixels[y * width + x] = ScreenColor(mean(sum.x), mean(sum.y), mean(sum.z))
        }
      }
    }
    self.init(width: width, height: height, pixels: result.withLock { $0 })
  }
}

/// One row of a thumbnail while it is summed up.
///
/// Positions are counted in units of which a pixel of the picture has as many as the thumbnail has
/// pixels, and the other way round, so that every share is a whole number.
private struct AveragedRow {
  let y, width, height: Int
  let imageWidth, imageHeight: Int
  /// Red, green and blue times opacity, and opacity.
  var sums: [SIMD4<UInt64>]

  init(y: Int, width: Int, height: Int, of image: Image) {
    self.y = y
    self.width = width
    self.height = height
    imageWidth = image.width
    imageHeight = image.height
    sums = Array(repeating: .zero, count: width)
  }

  /// Adds all rows of the picture that the row shows.
  mutating func add(_ rendition: Rendition) throws(ViewError) {
    let first = y * imageHeight / height
    let last = ((y + 1) * imageHeight - 1) / height
    let tiling = Tiling(
      width: imageWidth, height: last - first + 1, pixelByteCount: rendition.pixelByteCount)
    var reader = Rendition.Reader()
    for index in 0..<tiling.count {
      var tile = tiling[index]
      tile.y += first
      try rendition.read(tile, with: &reader)
      for row in 0..<tile.height { add(tile, row: row, from: reader.colors.bytes) }
      rendition.forget(tile)
    }
  }

  private mutating func add(_ tile: Rectangle, row: Int, from colors: RawSpan) {
    let top = (tile.y + row) * height
    let share = min(top + height, (y + 1) * imageHeight) - max(top, y * imageHeight)
    guard share > 0 else { return }
    let end = tile.x + tile.width
    for x in tile.x * width / imageWidth...(end * width - 1) / imageWidth {
      let left = x * imageWidth
      let right = left + imageWidth
      let first = max(tile.x, left / width)
      let last = min(end - 1, (right - 1) / width)
      let origin = row * tile.width - tile.x
      var sum = AveragedRow.sum(colors, origin + first...origin + last) &* UInt64(width)
      // What the outer pixels have beyond the edges belongs to the neighbors.
      let before = max(0, left - first * width)
      let behind = max(0, (last + 1) * width - right)
      sum &-= AveragedRow.weighted(colors, origin + first) &* UInt64(before)
      sum &-= AveragedRow.weighted(colors, origin + last) &* UInt64(behind)
      sums[x] &+= sum &* UInt64(share)
    }
  }

  private static func sum(_ colors: RawSpan, _ pixels: ClosedRange<Int>) -> SIMD4<UInt64> {
    var sum = SIMD4<UInt64>.zero
    var next = pixels.lowerBound
    while next <= pixels.upperBound {
      // 255 times 255 times so many fit 32 bits.
      let end = min(pixels.upperBound, next + 65535)
      var part = SIMD4<UInt32>.zero
      for pixel in next...end { part &+= SIMD4(truncatingIfNeeded: weighted(colors, pixel)) }
      sum &+= SIMD4(truncatingIfNeeded: part)
      next = end + 1
    }
    return sum
  }

  @inline(__always)
  private static func weighted(_ colors: RawSpan, _ pixel: Int) -> SIMD4<UInt64> {
    let color = SIMD4<UInt32>(truncatingIfNeeded: colors.sample(pixel, as: SIMD4<UInt8>.self))
    let opacity = SIMD4(color.w, color.w, color.w, 1)
    return SIMD4(truncatingIfNeeded: color &* opacity)
  }
}
