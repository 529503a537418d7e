import Testing

@testable import PixelViews

/// Layouts of which the numbers are at the end of what 64 bits count, or describe nothing.
@Suite struct LayoutLimitTests {
  private static let near = Int.max - 7

  /// Bytes side by side, unless told otherwise.
  private static func layout(
    _ width: Int = 1, _ height: Int = 1, bitOffset: Int = 0, rowBits: Int = 8, pixelBits: Int = 8,
    _ fields: SampleField...
  ) -> Layout {
    Layout(
      width: width, height: height, bitOffset: bitOffset, rowBits: rowBits, pixelBits: pixelBits,
      fields: fields.isEmpty ? [.byte(at: 0)] : fields)
  }

  private static func field(at bitOffset: Int) -> SampleField {
    SampleField(
      bitOffset: bitOffset, storage: .word(byteCount: 1, bigEndian: false), bitCount: 8)
  }

  static let overflowing: [Layout] = [
    layout(1, 1, bitOffset: near, field(at: 8)),
    layout(bitOffset: near),
    layout(2, bitOffset: near - 8, pixelBits: 64),
    layout(2, bitOffset: .min + 8, pixelBits: -64),
    layout(1, 2, bitOffset: 8, rowBits: near),
    layout(1, 3, rowBits: near),
    layout(3, pixelBits: near),
    layout(.max),
    layout(1, .max),
  ]

  @Test(arguments: overflowing)
  func `an address beyond 64 bits is an error`(layout: Layout) {
    let error = ViewError.overflow(
      width: layout.width, height: layout.height, stride: layout.rowBits / 8)
    #expect(throws: error) { try layout.byteRange() }
    #expect(throws: error) { try layout.check(byteCount: .max) }
    #expect(throws: (any Error).self) { try layout.validate(as: PixelFormat(.gray)) }
    #expect(layout.fittingRows(byteCount: 0) == 0)
  }

  @Test(arguments: [(0, 1), (1, 0), (-1, 1), (1, .min)])
  func `an image has a pixel`(width: Int, height: Int) {
    let error = ViewError.emptySize(width: width, height: height)
    #expect(throws: error) { try Self.layout(width, height).check(byteCount: 100) }
    #expect(throws: error) {
      try Self.layout(width, height).validate(as: PixelFormat(.gray))
    }
  }

  @Test(arguments: [
    (layout(4, 4, rowBits: 32), true),
    // Pixels closer than a sample, rows closer than their pixels, rows on top of each other.
    (layout(4, 1, pixelBits: 4), false),
    (layout(4, 2, rowBits: 24), false),
    (layout(4, 2, rowBits: 0), false),
    (layout(1, 4, rowBits: 4), false),
    // Columns that lie apart, as in a turned image.
    (layout(4, 4, rowBits: 8, pixelBits: 32), true),
    // The last row or column ends beyond what 64 bits count.
    (layout(.max, 2, rowBits: .max), false),
    (layout(2, .max, rowBits: 8, pixelBits: .max), false),
    // Bands that share bits of a word, and bands that do not.
    (layout(1, 1, field(at: 0), field(at: 4)), false),
    (layout(1, 1, pixelBits: 16, field(at: 0), field(at: 8)), true),
    // Planes that lie apart, and planes that overlap.
    (layout(4, 2, rowBits: 32, field(at: 0), field(at: 64)), true),
    (layout(4, 2, rowBits: 32, field(at: 0), field(at: 56)), false),
    // A band in the row of another one, and in the gap between rows.
    (layout(4, 2, rowBits: 64, field(at: 0), field(at: 32)), true),
    (layout(4, 2, rowBits: 56, field(at: 0), field(at: 32)), false),
    // Nothing is stored.
    (layout(1, 1, SampleField(bitOffset: 0, storage: .constant(7), bitCount: 8)), false),
  ])
  func `only samples without a common bit are writable`(layout: Layout, isWritable: Bool) {
    #expect(layout.isWritable == isWritable)
  }

  @Test func `a row that 64 bits cannot count has no bytes, and one of two has its gap`() {
    #expect(Self.layout(.max).rowByteCount == 0)
    #expect(Self.layout(2, pixelBits: 80).rowByteCount == 11)
  }

  @Test func `a layout of constants spans no bytes`() throws {
    let layout = Self.layout(
      1 << 40, 1 << 20, SampleField(bitOffset: 0, storage: .constant(7), bitCount: 8))
    #expect(try layout.byteRange().isEmpty)
    #expect(layout.fields[0].storedBitCount == 0)
    try layout.check(byteCount: 0)
  }

  @Test func `planes too far apart, or rows too far up, are an error`() throws {
    let rgb = try #require(Rawmode.named("RGB", mode: .rgb))
    var planes = Rawmode.Options()
    planes.interleave = .plane
    planes.planeStride = 1 << 59
    #expect(throws: ViewError.overflow(width: 1, height: 1, stride: 0)) {
      try rgb.layout(width: 1, height: 1, options: planes)
    }
    planes.planeStride = 1 << 58
    #expect(try rgb.layout(width: 1, height: 1, options: planes).fields[2].bitOffset == 1 << 62)

    var rows = Rawmode.Options()
    rows.bottomUp = true
    rows.stride = 1 << 50
    rows.planeStride = 0
    #expect(throws: ViewError.overflow(width: 1, height: 1 << 20, stride: 1 << 50)) {
      try rgb.layout(width: 1, height: 1 << 20, options: rows)
    }
  }

  @Test(arguments: [
    (1 << 40, 1 << 40, 1), (.max, 1, 8), (.max, .max >> 1, 1), (1, .max, 16),
  ])
  func `images of any size have tiles that fit into memory`(
    width: Int, height: Int, pixelByteCount: Int
  ) throws {
    // Tiles of an absurd size are counted for images whose strides are 0.
    let (columns, rows) = (min(width, 1 << 40), min(height, 1 << 20))
    let tiling = Tiling(width: width, height: rows, pixelByteCount: pixelByteCount)
    let first = tiling[0]
    #expect(first.x == 0 && first.y == 0 && first.width >= 1 && first.height >= 1)
    #expect(first.width * first.height * pixelByteCount <= Tiling.longestRow)
    let narrow = Tiling(width: columns, height: rows, pixelByteCount: pixelByteCount)
    let last = narrow[narrow.count - 1]
    #expect(last.x + last.width == columns && last.y + last.height == rows)
  }
}

/// Layout files say numbers that nothing has looked at before.
@Suite struct LayoutValidationTests {
  private static let word = SampleField.Storage.word(byteCount: 2, bigEndian: false)

  private static func field(
    _ storage: SampleField.Storage, _ bitCount: Int, shift: Int = 0,
    _ number: SampleField.Number = .unsigned, _ scaling: SampleField.Scaling = .none,
    flipped: UInt64 = 0
  ) -> SampleField {
    SampleField(
      bitOffset: 0, storage: storage, shift: shift, bitCount: bitCount, number: number,
      scaling: scaling, flippedBits: flipped)
  }

  static let numbers: [(PixelFormat, SampleField, Bool)] = [
    // As many bits as the sample has, and one more.
    (PixelFormat(.gray), field(word, 8), true), (PixelFormat(.gray), field(word, 9), false),
    (PixelFormat(.gray, .u16), field(word, 16), true),
    (PixelFormat(.gray, .u16), field(.bits(.mostSignificantFirst), 17), false),
    (PixelFormat(.integer), field(.bits(.mostSignificantFirst), 31), true),
    (PixelFormat(.integer), field(.bits(.mostSignificantFirst), 32), false),
    (PixelFormat(.integer), field(.bits(.mostSignificantFirst), 32, .signed), true),
    (PixelFormat(.integer), field(.bits(.mostSignificantFirst), 33, .signed), false),
    (PixelFormat(.float), field(.bits(.mostSignificantFirst), 24), true),
    (PixelFormat(.float), field(.bits(.mostSignificantFirst), 25), false),
    (PixelFormat(.float), field(.bits(.mostSignificantFirst), 25, .signed), true),
    (PixelFormat(.float), field(.bits(.mostSignificantFirst), 26, .signed), false),
    (PixelFormat(.float, .f64), field(.word(byteCount: 8, bigEndian: true), 64), true),
    // No negative samples in bytes.
    (PixelFormat(.gray), field(word, 7, .signed), false),
    // Floats are whole words of some sizes.
    (PixelFormat(.float), field(word, 16, .float), true),
    (PixelFormat(.float), field(word, 12, .float), false),
    (PixelFormat(.float), field(.word(byteCount: 8, bigEndian: true), 64, .float), false),
    (PixelFormat(.float), field(.bits(.leastSignificantFirst), 32, .float), false),
    (PixelFormat(.float), field(.bitPlanes(step: 8), 32, .float), false),
    (PixelFormat(.float), field(.constant(1), 8, .float), false),
    (PixelFormat(.integer), field(word, 16, .float), false),
    // Only what has a largest sample is spread over its range.
    (PixelFormat(.gray), field(word, 5, .unsigned, .fullRange), true),
    (PixelFormat(.gray, .u16), field(word, 10, .unsigned, .fullRange), true),
    (PixelFormat(.gray), field(word, 9, .unsigned, .fullRange), false),
    (PixelFormat(.integer), field(word, 5, .unsigned, .fullRange), false),
    (PixelFormat(.gray), field(word, 16, .unsigned, .nonzero), true),
    (PixelFormat(.gray, .u16), field(word, 16, .unsigned, .nonzero), true),
    (PixelFormat(.float), field(word, 16, .unsigned, .nonzero), false),
    (PixelFormat(.gray), field(word, 5, .signed, .fullRange), false),
    (PixelFormat(.float), field(word, 16, .float, .nonzero), false),
  ]

  @Test(arguments: numbers)
  func `a field holds numbers that are samples`(
    format: PixelFormat, field: SampleField, isHeld: Bool
  ) {
    let expected = ViewError.invalid(
      .number(
        band: 0, field.number, bitCount: field.bitCount, field.scaling, as: format.type))
    do throws(ViewError) {
      try field.validate(band: 0, as: format)
      #expect(isHeld)
    } catch { #expect(!isHeld && error == expected) }
  }

  @Test(arguments: [
    (field(.bits(.mostSignificantFirst), 1, .unsigned, .fullRange), true),
    (field(.bits(.mostSignificantFirst), 2, .unsigned, .fullRange), false),
    (field(.bits(.mostSignificantFirst), 1), false),
    (field(.word(byteCount: 1, bigEndian: false), 8, .unsigned, .nonzero), true),
    (field(.word(byteCount: 1, bigEndian: false), 8), false),
    (field(.constant(0), 8), true), (field(.constant(255), 8), true),
    (field(.constant(1), 8), false),
  ])
  func `mode 1 is black or white`(field: SampleField, isBilevel: Bool) {
    do throws(ViewError) {
      try field.validate(band: 0, as: PixelFormat(.bilevel))
      #expect(isBilevel)
    } catch { #expect(!isBilevel && error == .invalid(.notBilevel(band: 0))) }
  }

  @Test(
    arguments: [
      (field(.word(byteCount: 2, bigEndian: false), 16), [0x34, 0x12], 0x1234),
      (field(.word(byteCount: 2, bigEndian: true), 16), [0x34, 0x12], 0x3412),
      (field(.word(byteCount: 2, bigEndian: true), 4, shift: 8), [0x34, 0x12], 4),
      (field(.word(byteCount: 4, bigEndian: true), 32), [1, 2, 3, 4], 0x0102_0304),
      (field(.bits(.mostSignificantFirst), 12), [0xAB, 0xCD], 0xABC),
      (field(.bits(.leastSignificantFirst), 12), [0xAB, 0xCD], 0xDAB),
      (field(.bits(.reversedBytes), 4), [0x01], 8),
      (field(.bitPlanes(step: 8), 2), [0, 0x80], 2),
      (field(.constant(7), 8), [], 7),
    ] as [(SampleField, [UInt8], UInt64)])
  func `a stored number is its bytes by hand`(field: SampleField, bytes: [UInt8], number: UInt64) {
    #expect(field.storedNumber(firstBit: 0) { bytes[$0] } == number)
    #expect(field.runs.isEmpty == bytes.isEmpty)
  }
}
