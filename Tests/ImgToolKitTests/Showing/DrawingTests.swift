import PixelMemory
import PixelViews
import Testing

@testable import ImgToolKit

@Suite struct DrawingTests {
  private func picture(_ width: Int, _ height: Int, _ colors: ScreenColor...) -> Thumbnail {
    Thumbnail(width: width, height: height, pixels: colors)
  }

  private let red = ScreenColor(255, 0, 0)
  private let gray = ScreenColor(8, 8, 8)

  @Test("Half blocks name a color only where it changes, and leave the last half row empty")
  func halfBlocks() {
    let picture = picture(2, 3, red, red, gray, gray, red, gray)
    #expect(
      Blocks.halfBlocks(picture, .direct)
        == "\u{1B}[38;2;255;0;0;48;2;8;8;8m▀▀\u{1B}[0m\n"
        + "\u{1B}[38;2;255;0;0m▀\u{1B}[38;2;8;8;8m▀\u{1B}[0m")
    #expect(
      Blocks.halfBlocks(picture, .indexed)
        == "\u{1B}[38;5;196;48;5;232m▀▀\u{1B}[0m\n"
        + "\u{1B}[38;5;196m▀\u{1B}[38;5;232m▀\u{1B}[0m")
  }

  @Test("Each of xterm's colors is its own nearest")
  func ownIndex() {
    let levels: [UInt8] = [0, 95, 135, 175, 215, 255]
    for index in 0..<216 {
      let color = ScreenColor(levels[index / 36], levels[index / 6 % 6], levels[index % 6])
      #expect(Blocks.index(of: color) == 16 + index)
    }
    for step in 0..<24 {
      let value = UInt8(8 + step * 10)
      #expect(Blocks.index(of: ScreenColor(value, value, value)) == 232 + step)
    }
  }

  @Test("Black is no ink and white the most")
  func characters() {
    let white = ScreenColor(255, 255, 255)
    #expect(Blocks.characters(picture(2, 1, ScreenColor(0, 0, 0), white)) == " @")
  }

  @Test("Sixels: a band is six rows, a run has its length, an empty rest is left out")
  func sixel() {
    let white = ScreenColor(255, 255, 255)
    var colors = [ScreenColor](repeating: white, count: 5 * 7)
    colors[0] = red
    let text = Sixel.encode(Thumbnail(width: 5, height: 7, pixels: colors))
    #expect(
      text == "\u{1B}P0;1q\"1;1;5;7#0;2;100;0;0#1;2;100;100;100"
        + "#0@$#1}!4~-#1!5@\u{1B}\\")
  }

  @Test("Up to 256 colors stay what they are")
  func exactColors() {
    let colors = (0..<256).map { ScreenColor(UInt8($0), 3, UInt8(255 - $0)) }
    let cut = ColorCut(Thumbnail(width: 16, height: 16, pixels: colors))
    #expect(cut.indices.map { cut.colors[Int($0)] } == colors)
  }

  @Test("Of more colors none is far from its own")
  func cutColors() {
    let colors = (0..<4096).map { index in
      ScreenColor(UInt8(index & 15) * 17, UInt8(index >> 4 & 15) * 17, UInt8(index >> 8) * 17)
    }
    let cut = ColorCut(Thumbnail(width: 64, height: 64, pixels: colors))
    #expect(cut.colors.count == 256)
    let distances = zip(colors, cut.indices).map { $0.distance(to: cut.colors[Int($1)]) }
    #expect(distances.max() ?? 0 <= 3 * 40 * 40)
    #expect(Set(cut.indices).count == 256)
  }

  @Test(
    "Base64 of RFC 4648, section 10",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
      ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
  func base64(_ text: String, _ expected: String) {
    #expect(String(decoding: Base64.encode(Array(text.utf8)), as: UTF8.self) == expected)
  }

  @Test("A live picture has a number of its own, so that the next one takes its place")
  func liveKitty() {
    let text = Kitty.encode(
      picture(1, 1, red), Kitty.Placement(cells: (columns: 2, rows: 3), identifier: 1))
    #expect(text == "\u{1B}_Ga=T,q=2,f=24,s=1,v=1,c=2,r=3,i=1,p=1,m=0;/wAA\u{1B}\\")
  }

  @Test("A terminal reads no file that is not one, or not the picture")
  func fileParts() throws {
    let heap = try Buffer(allocating: 12)
    let layout = try Rawmode.natural(.rgb).layout(width: 2, height: 2)
    let image = try Image(buffer: heap, layout: layout, format: PixelFormat(.rgb))
    #expect(Kitty.FilePart(image) == nil)
  }

  @Test("Bars are as high as their share of the fullest column, and a sample alone is seen")
  func histogram() throws {
    let buffer = try Buffer(allocating: 1000)
    let white: [UInt8] = [255]
    try buffer.copyIn(Block(offset: 0, byteCount: 1), from: unsafe white.span.bytes)
    let layout = try Rawmode.natural(.gray).layout(width: 1000, height: 1)
    let image = try Image(buffer: buffer, layout: layout, format: PixelFormat(.gray))
    let text = Histogram(try image.statistics(threads: 1), of: image).text
    let gap = String(repeating: " ", count: 62)
    #expect(text == "L  █\(gap)▁\n   0\(String(gap.dropLast(2)))255")
  }
}
