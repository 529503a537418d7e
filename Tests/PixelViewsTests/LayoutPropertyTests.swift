import PixelMemory
import PixelViews
import Testing

/// Memory that a test looks at byte by byte, by means of its own.
@safe final class TestMemory {
  let base: UnsafeMutableRawPointer
  let byteCount: Int

  init(_ bytes: [UInt8]) {
    byteCount = bytes.count
    unsafe base = UnsafeMutableRawPointer.allocate(byteCount: max(1, byteCount), alignment: 64)
    for (index, byte) in bytes.enumerated() {
      unsafe base.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
    }
  }

  deinit { unsafe base.deallocate() }

  var bytes: [UInt8] {
    (0..<byteCount).map { unsafe base.load(fromByteOffset: $0, as: UInt8.self) }
  }

  func buffer(_ access: Access = .readWrite) -> Buffer {
    unsafe Buffer(foreign: base, byteCount: byteCount, access: access, release: nil)
  }
}

/// The bits of one sample, each with its byte and its mask, most significant bit first, worked out
/// from the documentation of ``SampleField`` alone.
func bitPlaces(of field: SampleField, at start: Int) -> [(byte: Int, mask: UInt8)] {
  switch field.storage {
  case .constant: return []
  case .word(let byteCount, let bigEndian):
    return (0..<field.bitCount).reversed().map { bit in
      let position = field.shift + bit
      let byte = bigEndian ? byteCount - 1 - position / 8 : position / 8
      return (start / 8 + byte, UInt8(1) << UInt8(position % 8))
    }
  case .bits(let order):
    let places = (0..<field.bitCount).map { step -> (byte: Int, mask: UInt8) in
      let bit = start + step
      let mask =
        order == .mostSignificantFirst ? UInt8(128) >> UInt8(bit % 8) : UInt8(1) << UInt8(bit % 8)
      return (bit / 8, mask)
    }
    return order == .leastSignificantFirst ? places.reversed() : places
  case .bitPlanes(let step):
    return (0..<field.bitCount).reversed().map { plane in
      let bit = start + plane * step
      return (bit / 8, UInt8(128) >> UInt8(bit % 8))
    }
  }
}

/// The stored number at these places.
func storedNumber(_ bytes: [UInt8], _ places: [(byte: Int, mask: UInt8)]) -> UInt64 {
  places.reduce(0) { $0 << 1 | (bytes[$1.byte] & $1.mask != 0 ? 1 : 0) }
}

@Suite("Layouts")
struct LayoutPropertyTests {
  /// A layout of a random rawmode with random offset, padding, interleave and views on top.
  static func randomLayout(_ generator: inout SeededGenerator) throws -> (Rawmode, Layout) {
    let writable = Rawmode.all.filter { $0.remark == nil }
    let rawmode = try #require(writable.randomElement(using: &generator))
    var options = Rawmode.Options()
    let width = Int.random(in: 1...13, using: &generator)
    let height = Int.random(in: 1...9, using: &generator)
    if rawmode.canInterleave {
      options.interleave = try #require(
        Rawmode.Interleave.allCases.randomElement(using: &generator))
    }
    options.offset = Int.random(in: 0...9, using: &generator)
    let packed = try #require(rawmode.rowByteCount(width: width, interleave: options.interleave))
    options.stride = packed + Int.random(in: 0...5, using: &generator)
    options.bottomUp = Bool.random(using: &generator)
    var layout = try rawmode.layout(width: width, height: height, options: options)
    for _ in 0..<Int.random(in: 0...3, using: &generator) {
      switch Int.random(in: 0...2, using: &generator) {
      case 0:
        layout = layout.reoriented(
          try #require(Reorientation.allCases.randomElement(using: &generator)))
      case 1:
        let width = Int.random(in: 1...layout.width, using: &generator)
        let height = Int.random(in: 1...layout.height, using: &generator)
        layout = layout.cropped(
          to: Rectangle(
            x: Int.random(in: 0...layout.width - width, using: &generator),
            y: Int.random(in: 0...layout.height - height, using: &generator), width: width,
            height: height))
      default:
        layout = layout.every(
          columns: Int.random(in: 1...4, using: &generator),
          rows: Int.random(in: 1...4, using: &generator))
      }
    }
    return (rawmode, layout)
  }

  @Test("a pixel written through an image is where arithmetic says, and no other bit has changed")
  func writesOnlyItsOwnBits() throws {
    var bandCount = 0
    let trials = try SeededTrials(seeds: 1..<601) { seed, generator in
      let (rawmode, layout) = try Self.randomLayout(&generator)
      let range = try layout.byteRange()
      let before = (0..<range.upperBound + 7).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      }
      let memory = TestMemory(before)
      let image = try Image(
        buffer: memory.buffer(), layout: layout, format: rawmode.storedFormat)
      guard image.readOnlyReason == nil else { return .unfit("read-only") }
      let x = Int.random(in: 0..<layout.width, using: &generator)
      let y = Int.random(in: 0..<layout.height, using: &generator)
      let x2 = Int.random(in: 0..<layout.width, using: &generator)
      let y2 = Int.random(in: 0..<layout.height, using: &generator)
      // A value that stands in the buffer is one that the rawmode can hold.
      let value: Pixel
      do throws(ViewError) { value = try image.pixel(x: x2, y: y2) } catch {
        #expect(error == .notRepresentable(x: x2, y: y2), "seed \(seed)")
        return .unfit("a number without a sample")
      }
      guard !value.samples.contains(where: \.isNaN) else { return .unfit("not a number") }
      try image.put(x: x, y: y, value)
      var allowed = [UInt8](repeating: 0, count: before.count)
      for field in layout.fields {
        let start = layout.bitOffset + y * layout.rowBits + x * layout.pixelBits + field.bitOffset
        for place in bitPlaces(of: field, at: start) { allowed[place.byte] |= place.mask }
      }
      let after = memory.bytes
      for index in after.indices {
        #expect(
          (after[index] ^ before[index]) & ~allowed[index] == 0,
          "byte \(index) of \(rawmode.name) changed outside of pixel \(x),\(y); seed \(seed)")
      }
      #expect(try image.pixel(x: x, y: y) == value, "seed \(seed)")
      for (band, field) in layout.fields.enumerated() where field.scaling != .nonzero {
        func number(_ bytes: [UInt8], _ x: Int, _ y: Int) -> UInt64 {
          let start = layout.bitOffset + y * layout.rowBits + x * layout.pixelBits + field.bitOffset
          return storedNumber(bytes, bitPlaces(of: field, at: start))
        }
        #expect(
          number(after, x, y) == number(before, x2, y2),
          "band \(band) of \(rawmode.name); seed \(seed)")
        bandCount += 1
      }
      return .tried
    }
    #expect(trials.triedCount >= 550, "\(trials)")
    #expect(bandCount >= 1000)
  }

  @Test("every plain sample is the stored number, decoded by arithmetic")
  func readsWhatStands() throws {
    var sampleCount = 0
    let trials = try SeededTrials(seeds: 70_001..<70_601) { seed, generator in
      let (rawmode, layout) = try Self.randomLayout(&generator)
      let range = try layout.byteRange()
      let bytes = (0..<range.upperBound).map { _ in UInt8.random(in: 0...255, using: &generator) }
      let memory = TestMemory(bytes)
      let image = try Image(
        buffer: memory.buffer(.readOnly), layout: layout, format: rawmode.storedFormat)
      var workspace = Workspace()
      var scratch = try Scratch(byteCount: image.plainRowByteCount * image.height)
      do throws(ViewError) {
        var plain = scratch.mutableBytes
        try image.read(image.bounds, into: &plain, workspace: &workspace)
      } catch {
        guard case .notRepresentable = error else { throw error }
        return .unfit("a number without a sample")
      }
      let unsigned = layout.fields.enumerated().filter { $1.number == .unsigned }
      guard !unsigned.isEmpty else { return .unfit("signed numbers or floats") }
      let top: Double = image.format.type == .u16 ? 65535 : 255
      for y in 0..<layout.height {
        for x in 0..<layout.width {
          let values = scratch.bytes.values(at: y * layout.width + x, format: image.format)
          for (band, field) in unsigned {
            let start =
              layout.bitOffset + y * layout.rowBits + x * layout.pixelBits + field.bitOffset
            let number = storedNumber(bytes, bitPlaces(of: field, at: start)) ^ field.flippedBits
            let highest = Double((UInt64(1) << UInt64(min(63, field.bitCount))) - 1)
            let wanted: Double =
              switch field.scaling {
              case .none: Double(number)
              case .fullRange:
                (Double(number) * top / highest).rounded(top > 255 ? .toNearestOrEven : .down)
              case .nonzero: number == 0 ? 0 : top
              }
            #expect(
              values[band] == wanted, "\(rawmode.name) band \(band) at \(x),\(y); seed \(seed)")
            sampleCount += 1
          }
        }
      }
      return .tried
    }
    #expect(trials.triedCount >= 450, "\(trials)")
    #expect(sampleCount >= 10_000)
  }

  @Test("layouts that reach outside of the buffer are refused with the arithmetic")
  func refusesShortBuffers() throws {
    let memory = TestMemory([UInt8](repeating: 0, count: 64))
    let layout = try Rawmode.natural(.gray).layout(width: 8, height: 9)
    let error = #expect(throws: ViewError.self) {
      try Image(buffer: memory.buffer(), layout: layout, format: PixelFormat(.gray))
    }
    guard case .tooShort(let short) = error else {
      Issue.record("72 bytes fit into 64")
      return
    }
    #expect(short.needed == 72 && short.available == 64 && short.fittingRows == 8)
  }

  @Test("without a mode, a name is the natural storage of its own mode")
  func namesWithoutMode() {
    for mode in Mode.allCases {
      let rawmode = Rawmode.named(mode.name, mode: nil)
      #expect(rawmode?.mode == mode && rawmode?.name == mode.name)
    }
    #expect(Rawmode.named("BGR", mode: nil)?.mode == .rgb)
    #expect(Rawmode.named("no such", mode: nil) == nil)
  }

  @Test("three inverted bytes of four, and indices of a few bits in a word, are read and written")
  func oddFields() throws {
    let memory = TestMemory([1, 2, 3, 4, 5, 6, 7, 8])
    let inverted = Layout(
      width: 2, height: 1, rowBits: 64, pixelBits: 32,
      fields: (0..<3).map { .byte(at: $0, flippedBits: 255) })
    let image = try Image(buffer: memory.buffer(), layout: inverted, format: PixelFormat(.rgb))
    #expect(try image.pixel(x: 1, y: 0).samples == [250, 249, 248])
    try image.put(x: 1, y: 0, Pixel([255, 0, 1]))
    #expect(memory.bytes == [1, 2, 3, 4, 0, 255, 254, 8])

    let index = SampleField(
      bitOffset: 0, storage: .word(byteCount: 2, bigEndian: false), shift: 4, bitCount: 4)
    let words = Layout(width: 2, height: 1, rowBits: 32, pixelBits: 16, fields: [index])
    let indices = try Image(buffer: memory.buffer(), layout: words, format: PixelFormat(.palette))
    try indices.put(x: 0, y: 0, Pixel([15]))
    #expect(memory.bytes[0] == 0xF1)
    #expect(throws: ViewError.sampleOutOfRange(value: 16, band: "P", lowest: 0, highest: 15)) {
      try indices.put(x: 0, y: 0, Pixel([16]))
    }
  }

  @Test(
    "sizes that overflow are refused and never trapped",
    arguments: [
      (Int.max, Int.max), (Int.max, 1), (1, Int.max), (1 << 40, 1 << 40), (0, 1), (1, 0), (-1, 5),
    ])
  func refusesOverflow(width: Int, height: Int) {
    for rawmode in Rawmode.all {
      #expect(throws: ViewError.self) {
        let layout = try rawmode.layout(width: width, height: height)
        try layout.check(byteCount: 64)
      }
    }
  }

  @Test("layouts whose pixels share bits are not writable")
  func findsOverlaps() throws {
    var layout = try Rawmode.natural(.rgb).layout(width: 4, height: 4)
    #expect(layout.isWritable)
    layout.pixelBits = 16
    #expect(!layout.isWritable)
    layout.pixelBits = 24
    layout.rowBits = 8
    #expect(!layout.isWritable)
    layout.rowBits = 96
    layout.fields[1].bitOffset = 4
    #expect(!layout.isWritable)
  }

  @Test(
    "two mirrors or four quarter turns are the layout itself", arguments: Rawmode.all.prefix(40))
  func turnsComeBack(rawmode: Rawmode) throws {
    let layout = try rawmode.layout(width: 7, height: 5)
    #expect(layout.reoriented(.horizontal).reoriented(.horizontal) == layout)
    #expect(layout.reoriented(.vertical).reoriented(.vertical) == layout)
    #expect(layout.reoriented(.half).reoriented(.half) == layout)
    var turned = layout
    for _ in 0..<4 { turned = turned.reoriented(.quarter) }
    #expect(turned == layout)
    #expect(layout.reoriented(.quarter).reoriented(.threeQuarters) == layout)
  }
}
