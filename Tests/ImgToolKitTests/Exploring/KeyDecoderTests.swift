import Testing

@testable import ImgToolKit

@Suite struct KeyDecoderTests {
  static let sequences: [(String, [Key])] = [
    ("a=Z", [.character("a"), .character("="), .character("Z")]),
    ("\r\n\t\u{7F}\u{8}", [.enter, .enter, .tab, .backspace, .backspace]),
    ("\u{3}\u{C}", [.control("c"), .control("l")]),
    ("\u{1B}[A\u{1B}[B\u{1B}[C\u{1B}[D", [.up, .down, .right, .left]),
    ("\u{1B}OA\u{1B}OF\u{1B}OH", [.up, .named(.end), .named(.home)]),
    ("\u{1B}[1;2C\u{1B}[1;2D", [.named(.right, isShifted: true), .named(.left, isShifted: true)]),
    // Ctrl and Alt change nothing; 6 is Ctrl with Shift.
    ("\u{1B}[1;5C\u{1B}[1;3C\u{1B}[1;6C", [.right, .right, .named(.right, isShifted: true)]),
    ("\u{1B}[5~\u{1B}[6~", [.named(.pageUp), .named(.pageDown)]),
    (
      "\u{1B}[H\u{1B}[F\u{1B}[1~\u{1B}[4~\u{1B}[7~\u{1B}[8~",
      [.named(.home), .named(.end), .named(.home), .named(.end), .named(.home), .named(.end)]
    ),
    ("\u{1B}[Z", [.named(.tab, isShifted: true)]), ("\u{1B}[3~", [.named(.delete)]),
    ("é→😀", [.character("é"), .character("→"), .character("😀")]),
    (
      "\u{1B}[<0;11;3M\u{1B}[<0;11;3m",
      [
        .mouse(Key.Mouse(deed: .press, column: 10, row: 2)),
        .mouse(Key.Mouse(deed: .release, column: 10, row: 2)),
      ]
    ),
    (
      "\u{1B}[<32;1;1M\u{1B}[<64;2;1M\u{1B}[<69;3;1M",
      [
        .mouse(Key.Mouse(deed: .drag, column: 0, row: 0)),
        .mouse(Key.Mouse(deed: .wheelUp, column: 1, row: 0)),
        .mouse(Key.Mouse(deed: .wheelDown, column: 2, row: 0)),
      ]
    ),
    // What means nothing takes nothing else along: other buttons, F5, Alt with a letter, the old mouse.
    ("\u{1B}[<2;1;1Mx", [.character("x")]), ("\u{1B}[15~x", [.character("x")]),
    ("\u{1B}fx", [.character("x")]), ("\u{1B}[M !!x", [.character("x")]),
    ("\u{1B}[<0;0;0Mx", [.character("x")]),
    ("\u{1B}[<0;9223372036854775807;1Mx", [.character("x")]),
    ("\u{1B}[I\u{1B}[Ox", [.character("x")]),
    ("\u{1B}[200~\u{1B}[99999999999999999999~x", [.character("x")]),
    ("\u{1B}[?62;4c", [.report(Array("\u{1B}[?62;4c".utf8))]),
    (
      "\u{1B}_Gi=31;OK\u{1B}\\x",
      [.report(Array("\u{1B}_Gi=31;OK\u{1B}\\".utf8)), .character("x")]
    ),
    (
      "\u{1B}]11;rgb:0/0/0\u{7}x",
      [.report(Array("\u{1B}]11;rgb:0/0/0\u{7}".utf8)), .character("x")]
    ),
    // A sequence that another one interrupts.
    ("\u{1B}[1;\u{1B}[A", [.up]), ("\u{1B}\u{1B}[A", [.named(.escape), .up]),
  ]

  @Test("A sequence is its keys, in one piece and byte by byte", arguments: sequences)
  func sequence(_ text: String, _ keys: [Key]) {
    var whole = KeyDecoder()
    #expect(whole.keys(text.utf8) == keys)
    #expect(!whole.isWaiting)
    var pieces = KeyDecoder()
    #expect(text.utf8.flatMap { pieces.keys([$0]) } == keys)
    #expect(!pieces.isWaiting)
  }

  @Test("Escape is a key when nothing follows, and the rest of a sequence is none")
  func patience() {
    var decoder = KeyDecoder()
    #expect(decoder.keys([0x1B]) == [] && decoder.isWaiting)
    #expect(decoder.giveUp() == [.named(.escape)] && !decoder.isWaiting)
    #expect(decoder.keys(Array("\u{1B}[1;".utf8)) == [] && decoder.isWaiting)
    #expect(decoder.giveUp() == [] && !decoder.isWaiting)
    #expect(decoder.keys([0xE2, 0x86]) == [] && decoder.giveUp() == [])
    #expect(decoder.keys(Array("x".utf8)) == [.character("x")])
  }

  @Test("Bytes that are no UTF-8 and strings without an end do no harm")
  func nonsense() {
    var decoder = KeyDecoder()
    #expect(
      decoder.keys([0xFF, 0xC3, 0x41, 0x80, 0xC0, 0xAF, 0x42]) == [
        .character("A"), .character("B"),
      ])
    _ = decoder.keys(Array("\u{1B}_".utf8) + [UInt8](repeating: 0x41, count: 10_000))
    #expect(!decoder.isWaiting)
    var seed = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      _ = decoder.keys((0..<8).map { _ in UInt8.random(in: .min ... .max, using: &seed) })
    }
    _ = decoder.giveUp()
    #expect(decoder.keys([0x61]) == [.character("a")])
  }
}

extension Key {
  fileprivate static let enter = named(.enter)
  fileprivate static let tab = named(.tab)
  fileprivate static let backspace = named(.backspace)
  fileprivate static let up = named(.up)
  fileprivate static let down = named(.down)
  fileprivate static let right = named(.right)
  fileprivate static let left = named(.left)
}
