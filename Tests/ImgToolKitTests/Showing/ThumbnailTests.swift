import PixelMemory
import PixelViews
import Testing

@testable import ImgToolKit

@Suite struct ThumbnailTests {
  private func image(
    _ mode: Mode, width: Int, height: Int, _ bytes: [UInt8], rawmode: Rawmode? = nil
  ) throws -> Image {
    let rawmode = rawmode ?? Rawmode.natural(mode)
    let buffer = try Buffer(allocating: bytes.count)
    try buffer.copyIn(Block(offset: 0, byteCount: bytes.count), from: unsafe bytes.span.bytes)
    return try Image(
      buffer: buffer, layout: rawmode.layout(width: width, height: height),
      format: PixelFormat(mode, rawmode.type))
  }

  private func shown(
    _ image: Image, _ width: Int, _ height: Int, over: Thumbnail.Background = .black,
    threads: Int = 2
  ) throws -> [ScreenColor] {
    try Thumbnail(
      of: Rendition(image, threads: threads), width: width, height: height, over: over,
      threads: threads
    ).pixels
  }

  private func grays(_ values: UInt8...) -> [ScreenColor] { values.map { ScreenColor($0, $0, $0) } }

  @Test("Pixels that are shared out are counted by their area")
  func fractions() throws {
    let three = try image(.gray, width: 3, height: 1, [0, 90, 255])
    #expect(try shown(three, 2, 1) == grays(30, 200))
    #expect(try shown(three, 1, 1) == grays(115))
    #expect(try shown(three, 3, 1) == grays(0, 90, 255))
    let column = try image(.gray, width: 1, height: 3, [0, 90, 255])
    #expect(try shown(column, 1, 2) == grays(30, 200))
  }

  @Test("A picture can be enlarged; what lies between pixels is their mixture")
  func enlarged() throws {
    let two = try image(.gray, width: 2, height: 1, [10, 20])
    #expect(try shown(two, 4, 1) == grays(10, 10, 20, 20))
    #expect(try shown(two, 3, 2) == grays(10, 15, 20, 10, 15, 20))
  }

  @Test("A mean of halves is rounded up")
  func halves() throws {
    #expect(try shown(image(.gray, width: 2, height: 1, [0, 1]), 1, 1) == grays(1))
    #expect(try shown(image(.gray, width: 2, height: 1, [254, 255]), 1, 1) == grays(255))
  }

  @Test("Colors count by their opacity")
  func opacity() throws {
    let pair = try image(.rgba, width: 2, height: 1, [200, 100, 0, 255, 9, 9, 9, 0])
    #expect(try shown(pair, 1, 1) == [ScreenColor(100, 50, 0)])
    #expect(try shown(pair, 2, 1) == [ScreenColor(200, 100, 0), ScreenColor(0, 0, 0)])
    #expect(
      try shown(pair, 2, 1, over: .checkerboard(1))
        == [ScreenColor(200, 100, 0), ScreenColor(0x99, 0x99, 0x99)])
  }

  @Test("The result is the same for every number of threads and tiles", arguments: [1, 2, 5])
  func threads(_ count: Int) throws {
    let bytes = (0..<700 * 500).map { UInt8(truncatingIfNeeded: $0 &* $0 / 7) }
    let large = try image(.gray, width: 700, height: 500, bytes)
    #expect(try shown(large, 33, 17, threads: count) == shown(large, 33, 17, threads: 1))
  }

  @Test("A row that is cut into tiles is summed up as a whole")
  func longRow() throws {
    let width = 5_000_000
    let bytes = [UInt8](repeating: 7, count: width - 1) + [255]
    let row = try image(.gray, width: width, height: 1, bytes)
    #expect(try shown(row, 3, 1) == grays(7, 7, 7))
    let left = try row.cropped(to: Rectangle(x: width - 2, y: 0, width: 2, height: 1))
    #expect(try shown(left, 1, 1) == grays(131))
  }

  @Test("One value alone is shown between itself and zero", arguments: [Int16(0), 5, -5])
  func constant(_ value: Int16) throws {
    let bits = UInt16(bitPattern: value)
    let bytes = [UInt8(truncatingIfNeeded: bits), UInt8(bits >> 8)]
    let rawmode = try #require(Rawmode.named("I;16S", mode: .integer))
    let one = try image(.integer, width: 1, height: 1, bytes, rawmode: rawmode)
    #expect(try shown(one, 1, 1) == grays(value > 0 ? 255 : 0))
  }

  @Test("Samples that are no numbers are black and widen no window")
  func notNumbers() throws {
    let values: [Float] = [.nan, -.infinity, 2, 4, .infinity]
    let bytes = values.flatMap { value in
      (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> UInt32($0 * 8)) }
    }
    let row = try image(.float, width: 5, height: 1, bytes)
    let rendition = try Rendition(row, threads: 1)
    #expect(rendition.window == 2...4)
    #expect(try shown(row, 5, 1) == grays(0, 0, 0, 255, 255))
  }

  @Test("A size fits the room and keeps the sides' proportion")
  func sizes() throws {
    func size(_ drawing: Drawing, _ width: Int, _ height: Int, asked: Int? = nil) throws -> [Int] {
      var choice = ShowOptions()
      choice.width = asked
      let display = Display(kind: TerminalKind(drawing: drawing), choice: choice, threads: 1)
      let image = try image(
        .gray, width: width, height: height, [UInt8](repeating: 0, count: width * height))
      let size = display.size(of: image)
      return [size.width, size.height]
    }
    #expect(try size(.blocks, 10, 7) == [10, 7])
    #expect(try size(.blocks, 160, 40) == [80, 20])
    #expect(try size(.blocks, 100, 460) == [10, 46])
    #expect(try size(.ascii, 100, 460) == [10, 23])
    #expect(try size(.ascii, 3, 1) == [3, 1])
    #expect(try size(.sixel, 640, 10) == [640, 10])
    #expect(try size(.sixel, 1280, 20) == [640, 10])
    #expect(try size(.kitty, 10, 10, asked: 10) == [80, 80])
    #expect(try size(.blocks, 1, 500, asked: 80) == [4, 2000])
  }
}
