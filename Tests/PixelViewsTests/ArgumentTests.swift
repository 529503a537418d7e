import PixelMemory
import Testing

@testable import PixelViews

/// Arguments that mean nothing are errors, and no traps: numbers come from files and from users.
@Suite struct ArgumentTests {
  struct Attempt: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let error: ViewError
    let make: @Sendable (_ gray: Image, _ color: Image) throws -> Void

    init(
      _ name: String, _ error: ViewError, _ make: @escaping @Sendable (Image, Image) throws -> Void
    ) {
      (testDescription, self.error, self.make) = (name, error, make)
    }
  }

  static func outside(_ x: Int, _ y: Int, _ width: Int, _ height: Int) -> ViewError {
    .outside(Rectangle(x: x, y: y, width: width, height: height), width: 4, height: 4)
  }

  static let attempts: [Attempt] = [
    Attempt("band 7", .noBand(7, mode: .rgb)) { _ = try $1.band(7) },
    Attempt("band -1", .noBand(-1, mode: .gray)) { image, _ in _ = try image.band(-1) },
    Attempt("a band of a derived image", .noBand(1, mode: .gray)) {
      _ = try $1.converted(to: .gray).band(1)
    },
    Attempt("bands 0 and 3", .noBand(3, mode: .rgb)) {
      _ = try $1.selecting(bands: [0, 3], as: .grayAlpha)
    },
    Attempt("two bands as one", .sampleCount(found: 2, mode: .gray)) {
      _ = try $1.selecting(bands: [0, 1], as: .gray)
    },
    Attempt("no bands", .sampleCount(found: 0, mode: .gray)) {
      _ = try $1.selecting(bands: [], as: .gray)
    },
    Attempt("bytes as floats", .invalid(.sampleType(.u8, mode: .float))) { image, _ in
      _ = try image.selecting(bands: [0], as: .float)
    },
    Attempt("color as gray", .sampleCount(found: 3, mode: .gray)) {
      _ = try $1.reinterpreted(as: .gray)
    },
    Attempt("each 0th column", .stepTooSmall(columns: 0, rows: 1)) { image, _ in
      _ = try image.every(columns: 0, rows: 1)
    },
    Attempt("each -1st row", .stepTooSmall(columns: 1, rows: .min)) { image, _ in
      _ = try image.every(columns: 1, rows: .min)
    },
    Attempt("a crop of nothing", outside(0, 0, 0, 1)) { image, _ in
      _ = try image.cropped(to: Rectangle(x: 0, y: 0, width: 0, height: 1))
    },
    Attempt("a crop far away", outside(.max, 0, .max, 1)) { image, _ in
      _ = try image.cropped(to: Rectangle(x: .max, y: 0, width: .max, height: 1))
    },
    Attempt("an empty window", .emptyWindow(low: 5, high: 5)) { image, _ in
      _ = try image.windowed(5, 5)
    },
    Attempt("an endless window", .emptyWindow(low: 0, high: .infinity)) { image, _ in
      _ = try image.windowed(0, .infinity)
    },
    Attempt("a window of hues", .unsupported(operation: "window", mode: .hsv)) {
      _ = try $1.converted(to: .hsv).windowed(0, 1)
    },
    Attempt("a pixel outside", outside(4, 0, 1, 1)) { image, _ in _ = try image.pixel(x: 4, y: 0) },
    Attempt("a rectangle outside, read", outside(1, 1, 4, 1)) { image, _ in
      var workspace = Workspace()
      var rows = try Scratch(byteCount: 64)
      var plain = rows.mutableBytes
      try image.read(
        Rectangle(x: 1, y: 1, width: 4, height: 1), into: &plain, workspace: &workspace)
    },
    Attempt("a rectangle outside, written", outside(0, -1, 1, 1)) { image, _ in
      var workspace = Workspace()
      let rows = try Scratch(zeroed: 64)
      try image.write(
        Rectangle(x: 0, y: -1, width: 1, height: 1), from: rows.bytes, workspace: &workspace)
    },
    Attempt("tiles outside", outside(0, 0, 5, 1)) { image, _ in
      try image.forEachTile(in: Rectangle(x: 0, y: 0, width: 5, height: 1), threads: 1) {
        _, _, _ in
      }
    },
    Attempt("a fill of too few samples", .sampleCount(found: 2, mode: .rgb)) {
      try $1.fill($1.bounds, with: Pixel([1, 2]), threads: 1)
    },
    Attempt("a fill of no samples", .sampleCount(found: 0, mode: .gray)) { image, _ in
      try image.put(x: 0, y: 0, Pixel([]))
    },
    Attempt("a fill of too many", .sampleCount(found: 4, mode: .rgb)) {
      try $1.put(x: 0, y: 0, Pixel([1, 2, 3, 4]))
    },
    Attempt("a fill outside", outside(0, 0, 1, 5)) { image, _ in
      try image.fill(Rectangle(x: 0, y: 0, width: 1, height: 5), with: Pixel([1]), threads: 1)
    },
    Attempt(
      "a sample that is none",
      .sampleOutOfRange(value: -1, band: "L", lowest: 0, highest: 255)
    ) { image, _ in try image.put(x: 0, y: 0, Pixel([-1])) },
    Attempt(
      "a sum below zero", .sampleOutOfRange(value: -1, band: "L", lowest: 0, highest: 255)
    ) { image, _ in try image.add(-1, threads: 1) },
    Attempt(
      "a sum without end",
      .sampleOutOfRange(value: .infinity, band: "L", lowest: 0, highest: 255)
    ) { image, _ in try image.add(.infinity, threads: 1) },
    Attempt("a swap with a band that is not there", .noBand(3, mode: .rgb)) {
      try $1.swapBands(0, 3, threads: 1)
    },
    Attempt("a swap below zero", .noBand(-1, mode: .rgb)) { try $1.swapBands(-1, 0, threads: 1) },
    Attempt("a paste outside", outside(1, 0, 4, 4)) { image, _ in
      try image.paste(image, x: 1, y: 0, threads: 1)
    },
    Attempt(
      "a comparison of modes", .formatsDiffer(PixelFormat(.gray), PixelFormat(.rgb))
    ) { _ = try Difference.between($0, $1, threads: 1) },
    Attempt(
      "a comparison of sizes",
      .sizesDiffer(width: 4, height: 4, otherWidth: 2, otherHeight: 4)
    ) { image, _ in
      _ = try Difference.between(image, image.every(columns: 2, rows: 1), threads: 1)
    },
    Attempt("a comparison outside", outside(3, 3, 2, 1)) { image, _ in
      let region = Rectangle(x: 3, y: 3, width: 2, height: 1)
      _ = try Difference.between(image, image, region: region, threads: 1)
    },
    Attempt("a tolerance below zero", .negative("tolerance", found: -1)) { image, _ in
      _ = try Difference.between(image, image, tolerance: -1, threads: 1)
    },
    Attempt("an offset below zero", .negative("offset", found: -1)) { _, _ in
      var options = Rawmode.Options()
      options.offset = -1
      _ = try Rawmode.natural(.gray).layout(width: 1, height: 1, options: options)
    },
    Attempt("a plane stride below zero", .negative("plane stride", found: -5)) { _, _ in
      var options = Rawmode.Options()
      options.planeStride = -5
      _ = try Rawmode.natural(.gray).layout(width: 1, height: 1, options: options)
    },
    Attempt("a layout of too few fields", .invalid(.fieldCount(found: 1, mode: .rgb))) {
      image, _ in
      _ = try Image(buffer: image.buffer, layout: image.layout, format: PixelFormat(.rgb))
    },
    Attempt(
      "a layout that nothing can address",
      .invalid(.quantity("rowBits", found: .max, allowed: -(1 << 60)...1 << 60))
    ) { image, _ in
      var layout = image.layout
      layout.rowBits = .max
      _ = try Image(buffer: image.buffer, layout: layout, format: image.format)
    },
    Attempt("samples that the mode has not", .invalid(.sampleType(.f64, mode: .ycbcr))) {
      _ = try Image(
        buffer: $1.buffer, layout: $1.layout, format: PixelFormat(.ycbcr, .f64))
    },
  ]

  @Test("An argument out of range is refused, and nothing changes", arguments: attempts)
  func refused(_ attempt: Attempt) throws {
    func image(_ mode: Mode) throws -> Image {
      let layout = try Rawmode.natural(mode).layout(width: 4, height: 4)
      return try Image(
        buffer: try Buffer(allocating: try layout.byteRange().upperBound), layout: layout,
        format: PixelFormat(mode))
    }
    let (gray, color) = (try image(.gray), try image(.rgb))
    #expect(throws: attempt.error) { try attempt.make(gray, color) }
    for image in [gray, color] {
      let fresh = try image.copied(threads: 1)
      try fresh.fill(
        fresh.bounds, with: Pixel(Array(repeating: 0, count: fresh.mode.bandCount)), threads: 1)
      #expect(try Difference.between(image, fresh, threads: 1).isSame)
    }
  }
}
