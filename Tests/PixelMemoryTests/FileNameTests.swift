import Testing

@testable import PixelMemory

@Suite struct FileNameTests {
  static let names: [[UInt8]] = [
    [], Array("plain.raw".utf8), Array("é".utf8), Array("e\u{301}".utf8), [0xFF], [0x80, 0xBF],
    [0xC3], [0xC3, 0x28], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
    [0xE2, 0x82, 0x41], [0xF0, 0x9F, 0x98], [0xF0, 0x9F, 0x98, 0xC3, 0xA9],
    Array("\u{10FE80}".utf8), Array("\u{10FEFF}\u{10FE80}".utf8),
    Array("\u{10FE7F}\u{10FF00}".utf8),
    Array("\u{10FE80}".utf8) + [0x80], Array("\u{FFFD}".utf8),
  ]

  @Test(arguments: names) func `the text of a name leads back to its bytes`(_ name: [UInt8]) {
    #expect(FileName.bytes(FileName.text(name)) == name)
  }

  @Test func `names of two bytes have texts of their own`() {
    var texts: Set<[UInt32]> = []
    let firsts: [UInt8] = [0x41, 0x7F, 0x80, 0xBF, 0xC0, 0xC2, 0xE0, 0xED, 0xF4, 0xFF]
    for first in firsts {
      for second in UInt8.min...UInt8.max {
        let text = FileName.text([first, second])
        #expect(FileName.bytes(text) == [first, second])
        texts.insert(text.unicodeScalars.map(\.value))
      }
    }
    #expect(texts.count == firsts.count * 256)
  }

  @Test(arguments: [
    ([0x61, 0xFF], #"a\xff"#), (Array("é".utf8), "é"), ([0x80, 0x20], #"\x80 "#),
    (Array("\u{10FE80}".utf8), #"\xf4\x8f\xba\x80"#),
  ]) func `bytes that are no UTF-8 are shown as numbers`(_ name: [UInt8], _ shown: String) {
    #expect(FileName.readable(FileName.text(name)) == shown)
  }
}
