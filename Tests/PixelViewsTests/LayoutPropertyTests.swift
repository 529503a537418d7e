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
  case .parts(let parts):
    return parts.flatMap { part in
      (0..<part.bitCount).reversed().map { step in
        let bit = start + part.bitOffset + step
        return (bit / 8, UInt8(1) << UInt8(bit % 8))
      }
    }
  case .bitPlanes(let step):
    return (0..<field.bitCount).reversed().map { plane in
      let bit = start + plane * step
      return (bit / 8, UInt8(128) >> UInt8(bit % 8))
    }
  }
}

/// The field of a band's sample of a pixel, and the bit where it starts, worked out from the documentation
/// of ``Layout``, ``Grid`` and ``Lens`` alone.
func sample(
  _ layout: Layout, _ band: Int, _ x: Int, _ y: Int
) -> (field: SampleField, start: Int) {
  guard let grid = layout.grid, let lens = layout.lens else {
    let field = layout.fields[band]
    return (
      field, layout.bitOffset + y * layout.rowBits + x * layout.pixelBits + field.bitOffset
    )
  }
  let (across, down) = lens.isTransposed ? (y, x) : (x, y)
  let column = lens.columns.first + across * lens.columns.step
  let row = lens.rows.first + down * lens.rows.step
  let plane = grid.planes[band]
  let sample = column / plane.columnShare
  let field = plane.fields[sample % plane.fields.count]
  return (
    field,
    plane.bitOffset + row / plane.rowShare * plane.rowBits
      + sample / plane.fields.count * plane.groupBits + field.bitOffset
  )
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
    let layout = try rawmode.layout(width: width, height: height, options: options)
    return (rawmode, try randomView(of: layout, &generator))
  }

  /// Up to four views of views.
  static func randomView(
    of whole: Layout, _ generator: inout SeededGenerator
  ) throws -> Layout {
    var layout = whole
    for _ in 0..<Int.random(in: 0...4, using: &generator) {
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
    return layout
  }

  /// A view of planes with random shares, groups, gaps and kinds of fields, one after the other.
  static func randomGrid(
    _ generator: inout SeededGenerator
  ) throws -> (format: PixelFormat, layout: Layout) {
    func random(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
    let isWide = Bool.random(using: &generator)
    let format = isWide ? PixelFormat(.ycbcr, .u16) : PixelFormat(.ycbcr)
    let (width, height) = (random(1...17), random(1...9))
    var bit = random(0...5) * 8
    var planes: [Grid.Plane] = []
    for _ in 0..<3 {
      let (columns, rows, count) = (random(1...4), random(1...3), random(1...5))
      let bitCount = random(1...(isWide ? 16 : 8))
      var fields: [SampleField] = []
      var end = random(0...1) * 8
      for _ in 0..<count {
        let gap = random(0...3)
        if bitCount > 1, gap == 0 {
          let first = random(1...bitCount - 1)
          let between = random(0...9)
          fields.append(
            SampleField(
              bitOffset: end,
              storage: .parts([
                SampleField.Part(bitOffset: first + between, bitCount: bitCount - first),
                SampleField.Part(bitOffset: 0, bitCount: first),
              ]), bitCount: bitCount))
          end += bitCount + between
        } else {
          fields.append(
            SampleField(
              bitOffset: end + gap, storage: .bits(.leastSignificantFirst), bitCount: bitCount))
          end += gap + bitCount
        }
      }
      let groupBits = end + random(0...9)
      let groups = (width - 1) / (columns * count) + 1
      let rowBits = (groups * groupBits + 7) / 8 * 8 + random(0...3) * 8
      planes.append(
        Grid.Plane(
          bitOffset: bit, rowBits: rowBits, columnShare: columns, rowShare: rows,
          groupBits: groupBits, fields: fields))
      bit += rowBits * ((height - 1) / rows + 1) + random(0...2) * 8
    }
    let grid = Grid(width: width, height: height, planes: planes)
    let layout = try Layout(
      checking: grid, lens: Lens(), width: width, height: height, as: format)
    return (format, try randomView(of: layout, &generator))
  }

  @Test("what is written to a grid is where arithmetic says, and no other bit has changed")
  func writesGrids() throws {
    let trials = try SeededTrials(seeds: 5001..<5801) { seed, generator in
      let (format, layout) = try Self.randomGrid(&generator)
      let range = try layout.byteRange()
      let before = (0..<range.upperBound + 7).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      }
      let memory = TestMemory(before)
      let image = try Image(buffer: memory.buffer(), layout: layout, format: format)
      #expect(image.readOnlyReason == nil, "seed \(seed)")
      let spot = Rectangle(
        x: Int.random(in: 0..<layout.width, using: &generator),
        y: Int.random(in: 0..<layout.height, using: &generator), width: 1, height: 1)
      guard let area = layout.whole(spot),
        area.isInside(width: image.width, height: image.height)
      else {
        #expect(throws: ViewError.self) {
          try image.fill(spot, with: Pixel([0, 0, 0]), threads: 1)
        }
        #expect(memory.bytes == before, "seed \(seed)")
        return .unfit("pixels beyond the view share the samples")
      }
      let value = Pixel(
        layout.fields.map {
          Double(UInt64.random(in: 0...UInt64(1) << UInt64($0.bitCount) - 1, using: &generator))
        })
      try image.fill(area, with: value, threads: 2)
      var allowed = [UInt8](repeating: 0, count: before.count)
      let after = memory.bytes
      for y in area.y..<area.y + area.height {
        for x in area.x..<area.x + area.width {
          for band in 0..<3 {
            let (field, start) = sample(layout, band, x, y)
            let places = bitPlaces(of: field, at: start)
            for place in places { allowed[place.byte] |= place.mask }
            #expect(
              Double(storedNumber(after, places)) == value.samples[band],
              "band \(band) at \(x),\(y); seed \(seed)")
          }
          #expect(try image.pixel(x: x, y: y) == value, "seed \(seed)")
        }
      }
      for index in after.indices {
        #expect(
          (after[index] ^ before[index]) & ~allowed[index] == 0,
          "byte \(index) changed outside of \(area); seed \(seed)")
      }
      return .tried
    }
    #expect(trials.triedCount >= 250, "\(trials)")
  }

  @Test("every plain sample of a grid is the stored number")
  func readsGrids() throws {
    let trials = try SeededTrials(seeds: 9001..<9601) { seed, generator in
      let (format, layout) = try Self.randomGrid(&generator)
      let bytes = (0..<(try layout.byteRange().upperBound)).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      }
      let memory = TestMemory(bytes)
      let image = try Image(buffer: memory.buffer(.readOnly), layout: layout, format: format)
      var workspace = Workspace()
      let area = Rectangle(
        x: layout.width / 3, y: layout.height / 3, width: layout.width - layout.width / 3,
        height: layout.height - layout.height / 3)
      var scratch = try Scratch(byteCount: area.width * area.height * format.pixelByteCount)
      do {
        var plain = scratch.mutableBytes
        try image.read(area, into: &plain, workspace: &workspace)
      }
      for y in 0..<area.height {
        for x in 0..<area.width {
          let values = scratch.bytes.values(at: y * area.width + x, format: format)
          for band in 0..<3 {
            let (field, start) = sample(layout, band, area.x + x, area.y + y)
            #expect(
              values[band] == Double(storedNumber(bytes, bitPlaces(of: field, at: start))),
              "band \(band) at \(x),\(y); seed \(seed)")
          }
        }
      }
      return .tried
    }
    #expect(trials.triedCount == 600, "\(trials)")
  }

  @Test("a band of a grid is an image of its own samples, and a crop of it one of some of them")
  func bandsOfGrids() throws {
    let memory = TestMemory([UInt8](0..<27))
    let rawmode = try #require(Rawmode.named("nv12", mode: .ycbcr))
    let image = try Image(
      buffer: memory.buffer(), layout: try rawmode.layout(width: 5, height: 3),
      format: rawmode.storedFormat)
    #expect(try image.band(0).layout.grid == nil)
    let blue = try image.cropped(to: Rectangle(x: 1, y: 1, width: 4, height: 2)).band(1)
    #expect(blue.width == 3 && blue.height == 2)
    #expect(try blue.pixel(x: 2, y: 1).samples == [25])
    try blue.put(x: 2, y: 1, Pixel([7]))
    #expect(memory.bytes[25] == 7)
    #expect(
      throws: ViewError.sharedSamples(
        bands: ["Cb", "Cr"], across: 2, down: 2,
        whole: Rectangle(x: 2, y: 0, width: 2, height: 2))
    ) { try image.put(x: 3, y: 1, Pixel([1, 2, 3])) }
    // The corner has its chroma for itself.
    try image.put(x: 4, y: 2, Pixel([1, 2, 3]))
    #expect(memory.bytes[14] == 1 && memory.bytes[25] == 2 && memory.bytes[26] == 3)
  }

  @Test("a pixel written through an image is where arithmetic says, and no other bit has changed")
  func writesOnlyItsOwnBits() throws {
    var bandCount = 0
    let trials = try SeededTrials(seeds: 1..<1001) { seed, generator in
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
      let spot = Rectangle(x: x, y: y, width: 1, height: 1)
      guard layout.whole(spot) == spot else { return .unfit("others share the samples") }
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
      for band in layout.fields.indices {
        let (field, start) = sample(layout, band, x, y)
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
          let (field, start) = sample(layout, band, x, y)
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
    let trials = try SeededTrials(seeds: 70_001..<70_801) { seed, generator in
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
          for (band, _) in unsigned {
            let (field, start) = sample(layout, band, x, y)
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
    #expect(trials.triedCount >= 550, "\(trials)")
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
