import PixelViews
import Testing

@testable import ImgToolKit

@Suite struct LengthHintTests {
  /// A file's length, what was asked for and typed, and what the hint says; `nil` for no hint.
  struct Row: CustomTestStringConvertible, Sendable {
    var length: Int
    var mode = Mode.gray
    var rawmode: String?
    var offset = 0
    var stride: Int?
    var typed: LengthHint.Typed = []
    var says: String?

    var testDescription: String {
      "\(length) bytes as \(rawmode ?? mode.name), offset \(offset), typed \(typed.rawValue)"
    }
  }

  private static let gray = 640 * 480

  static let rows = [
    // Nothing is wrong, or nothing is known.
    Row(length: gray, says: nil),
    Row(length: gray + 5, says: nil),
    Row(length: gray - 5, says: nil),
    Row(length: 0, says: nil),
    // Another mode, where none was typed.
    Row(length: gray * 3, says: "the file holds 640x480 RGB exactly; did you mean --mode RGB?"),
    Row(length: gray * 4, says: "the file holds 640x480 RGBA exactly; did you mean --mode RGBA?"),
    Row(
      length: gray * 2, says: "the file holds 640x480 I;16 exactly; did you mean --mode 'I;16'?"),
    Row(
      length: gray * 6,
      says: "the file holds 640x480 RGB;16L exactly; did you mean --rawmode 'RGB;16L'?"),
    Row(length: gray / 8, says: "the file holds 640x480 1 exactly; did you mean --mode 1?"),
    Row(
      length: gray * 3 + 54, offset: 54,
      says: "the file holds 640x480 RGB exactly; did you mean --mode RGB?"),
    // Another storage of the mode that was typed.
    Row(
      length: gray * 4, mode: .rgb, typed: .mode,
      says: "the file holds 640x480 RGBX exactly; did you mean --rawmode RGBX?"),
    Row(
      length: gray * 3, mode: .rgb, rawmode: "BGRX", typed: .rawmode,
      says: "the file holds 640x480 BGR exactly; did you mean --rawmode BGR?"),
    Row(
      length: gray * 3, mode: .rgb, rawmode: "RGBX", typed: [.mode, .rawmode],
      says: "the file holds 640x480 RGB exactly; did you mean --rawmode RGB?"),
    // Of two bytes a pixel, those that people have.
    Row(
      length: gray * 2, mode: .rgb, typed: .mode,
      says: "the file holds 640x480 BGR;16 exactly; did you mean --rawmode 'BGR;16'?"),
    Row(
      length: gray * 2, mode: .rgba, typed: .mode,
      says: "the file holds 640x480 I;16 exactly; did you mean --mode 'I;16'?"),
    // Another mode than the one that was typed, where the file cannot hold that.
    Row(
      length: gray, mode: .rgba, typed: .mode,
      says: "the file holds 640x480 L exactly; did you mean --mode L?"),
    // Frames.
    Row(
      length: gray * 20,
      says: "the file holds 20 such frames; --frame N shows one, --frames A..B several; "
        + "or it holds 5 frames of RGBA (--mode RGBA)"),
    Row(
      length: gray * 9,
      says: "the file holds 9 such frames; --frame N shows one, --frames A..B several; "
        + "or it holds 3 frames of RGB (--mode RGB)"),
    Row(
      length: gray * 9, typed: .mode,
      says: "the file holds 9 such frames; --frame N shows one, --frames A..B several"),
    Row(
      length: gray * 3, typed: .mode,
      says: "the file holds 3 such frames; --frame N shows one, --frames A..B several"),
    Row(
      length: gray * 6, mode: .rgb, typed: .mode,
      says: "the file holds 2 such frames; --frame N shows one, --frames A..B several"),
    Row(length: gray * 3, typed: .frame, says: nil),
    // Padded rows.
    Row(
      length: 2048 * 480, mode: .rgb, typed: .mode,
      says: "rows 2048 bytes apart fill the file; did you mean --stride 2048?"),
    Row(
      length: 2048 * 480,
      says: "rows 2048 bytes apart fill the file; did you mean --mode RGB --stride 2048?"),
    Row(length: 2048 * 480, mode: .rgb, stride: 1930, typed: [.mode, .stride], says: nil),
    Row(length: 1999 * 480, mode: .rgb, typed: .mode, says: nil),
    // An offset that the file does not have.
    Row(
      length: gray, offset: 54, typed: .mode,
      says: "the file holds 640x480 L exactly from byte 0; did you mean no --offset?"),
  ]

  @Test("A file's length says what was meant", arguments: rows)
  func hints(_ row: Row) throws {
    let rawmode =
      try row.rawmode.map { try #require(Rawmode.named($0, mode: row.mode)) }
      ?? Rawmode.natural(row.mode)
    var options = Rawmode.Options()
    options.offset = row.offset
    options.stride = row.stride
    let rowBytes = try #require(row.stride ?? rawmode.rowByteCount(width: 640))
    let asked = LengthHint.Asked(
      width: 640, height: 480, rawmode: rawmode, options: options, byteCount: rowBytes * 480,
      typed: row.typed)
    #expect(LengthHint.of(row.length, asked)?.text(asked) == row.says)
  }

  @Test("Lengths and sizes beyond all measure give no hint and no trap")
  func extremes() {
    for rawmode in Rawmode.all {
      let asked = LengthHint.Asked(
        width: .max / 2, height: .max / 2, rawmode: rawmode, options: Rawmode.Options(),
        byteCount: .max, typed: [])
      #expect(LengthHint.of(.max - 1, asked) == nil)
    }
  }
}
