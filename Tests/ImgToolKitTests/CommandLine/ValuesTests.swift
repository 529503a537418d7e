import PixelViews
import Testing

@testable import ImgToolKit

/// Each kind of value: what is typed, and what it is taken for or why it is refused.
@Suite struct ValuesTests {
  /// Of a text that is typed after `--it`, the value or the refusal.
  typealias Row = (text: String, expected: String)

  @Test(
    "Whole numbers",
    arguments: [
      ("0", "0"), ("7", "7"), ("-3", "-3"), ("+3", "3"), ("007", "7"),
      ("9223372036854775807", "9223372036854775807"),
      ("9223372036854775808", "--it is \"9223372036854775808\"; it does not fit 64 bits"),
      ("-9223372036854775809", "--it is \"-9223372036854775809\"; it does not fit 64 bits"),
      ("", "--it is \"\"; a whole number is expected"),
      ("1.5", "--it is \"1.5\"; a whole number is expected"),
      ("0x10", "--it is \"0x10\"; a whole number is expected"),
      (" 1", "--it is \" 1\"; a whole number is expected"),
      ("١", "--it is \"١\"; a whole number is expected"),
    ] as [Row])
  func integers(_ row: Row) {
    #expect(
      outcome { () throws(ToolError) in try Values.integer(row.text, "--it") } == row.expected)
  }

  @Test(
    "Ranges",
    arguments: [
      ("0..3", "0...3"), ("5..5", "5...5"), ("0..0", "0...0"),
      ("3..0", "--it is \"3..0\"; A..B is expected, like 0..3"),
      ("-1..3", "--it is \"-1..3\"; A..B is expected, like 0..3"),
      ("3", "--it is \"3\"; A..B is expected, like 0..3"),
      ("0.3", "--it is \"0.3\"; A..B is expected, like 0..3"),
      ("0..", "--it is \"0..\"; A..B is expected, like 0..3"),
      ("..3", "--it is \"..3\"; A..B is expected, like 0..3"),
      ("0...3", "--it is \"0...3\"; A..B is expected, like 0..3"),
      (".0..3", "--it is \".0..3\"; A..B is expected, like 0..3"),
      ("0..3.", "--it is \"0..3.\"; A..B is expected, like 0..3"),
      ("1..2..3", "--it is \"1..2..3\"; A..B is expected, like 0..3"),
      (
        "0..9223372036854775808",
        "--it is \"0..9223372036854775808\"; 9223372036854775808 does not fit 64 bits"
      ),
    ] as [Row])
  func ranges(_ row: Row) {
    #expect(outcome { () throws(ToolError) in try Values.range(row.text, "--it") } == row.expected)
  }

  @Test(
    "Widths",
    arguments: [
      ("640x", "640"), ("1x", "1"),
      ("0x", "--it is 0x; the width must be at least 1"),
      ("-4x", "--it is -4x; the width must be at least 1"),
      ("x", "--it is \"x\"; WxH in pixels is expected, like 640x480"),
      ("", "--it is \"\"; WxH in pixels is expected, like 640x480"),
      (
        "99999999999999999999x",
        "--it is \"99999999999999999999x\"; 99999999999999999999 does not fit 64 bits"
      ),
    ] as [Row])
  func widths(_ row: Row) {
    #expect(outcome { () throws(ToolError) in try Values.width(row.text, "--it") } == row.expected)
  }

  @Test(
    "Numbers of bytes",
    arguments: [
      ("0", "0"), ("4096", "4096"), ("0x1000", "4096"), ("0XfF", "255"), ("1K", "1024"),
      ("2k", "2048"), ("3M", "3145728"), ("1g", "1073741824"), ("0x1", "1"),
      ("8589934591G", "9223372035781033984"),
      ("8589934592G", "--it is \"8589934592G\"; it does not fit 64 bits"),
      ("9223372036854775808", "--it is \"9223372036854775808\"; it does not fit 64 bits"),
      ("0x8000000000000000", "--it is \"0x8000000000000000\"; it does not fit 64 bits"),
      ("-1", "--it is -1; it cannot be negative"), ("-1K", "--it is -1K; it cannot be negative"),
      ("", wrongBytes("")), ("K", wrongBytes("K")), ("0x", wrongBytes("0x")),
      ("0x1K", wrongBytes("0x1K")), ("1.5K", wrongBytes("1.5K")), ("1KB", wrongBytes("1KB")),
      ("ten", wrongBytes("ten")),
    ] as [Row])
  func byteCounts(_ row: Row) {
    #expect(
      outcome { () throws(ToolError) in try Values.byteCount(row.text, "--it") } == row.expected)
  }

  private static func wrongBytes(_ text: String) -> String {
    "--it is \"\(text)\"; bytes are expected: 4096, 0x1000, or with a suffix K, M or G"
  }

  @Test(
    "Sizes",
    arguments: [
      ("640x480", "640x480"), ("1x1", "1x1"),
      ("0x5", "--it is 0x5; width and height must be at least 1"),
      ("5x-1", "--it is 5x-1; width and height must be at least 1"),
      ("640", "--it is \"640\"; WxH in pixels is expected, like 640x480"),
      ("640x", "--it is \"640x\"; WxH in pixels is expected, like 640x480"),
      (
        "1x2x3",
        "--it is \"1x2x3\"; WxH in pixels is expected (did you mean 1x2? --mode says what is in a pixel)"
      ),
      ("640X480", "--it is \"640X480\"; WxH in pixels is expected (did you mean 640x480?)"),
      (
        "1x9223372036854775808",
        "--it is \"1x9223372036854775808\"; 9223372036854775808 does not fit 64 bits"
      ),
    ] as [Row])
  func sizes(_ row: Row) {
    let found = outcome { () throws(ToolError) in
      let (width, height) = try Values.size(row.text, "--it")
      return "\(width)x\(height)"
    }
    #expect(found == row.expected)
  }

  @Test(
    "Points",
    arguments: [
      ("3,4", "3,4"), ("0,0", "0,0"),
      ("-1,0", "--it is -1,0; pixels are counted from 0,0 at the top left"),
      ("3", "--it is \"3\"; X,Y is expected, like 3,4"),
      ("3,4,5", "--it is \"3,4,5\"; X,Y is expected, like 3,4"),
      ("3, 4", "--it is \"3, 4\"; X,Y is expected, like 3,4"),
      (
        "0,9223372036854775808",
        "--it is \"0,9223372036854775808\"; 9223372036854775808 does not fit 64 bits"
      ),
    ] as [Row])
  func points(_ row: Row) {
    let found = outcome { () throws(ToolError) in
      let (x, y) = try Values.point(row.text, "--it")
      return "\(x),\(y)"
    }
    #expect(found == row.expected)
  }

  @Test(
    "Rectangles",
    arguments: [
      ("64x48+10+20", "64x48+10+20"), ("1x1+0+0", "1x1+0+0"),
      ("64x48", "--it is \"64x48\"; WxH+X+Y is expected, like 64x48+10+20"),
      ("64x48+10", "--it is \"64x48+10\"; WxH+X+Y is expected, like 64x48+10+20"),
      ("64x48-1+2", "--it is \"64x48-1+2\"; WxH+X+Y is expected, like 64x48+10+20"),
      ("64x48+-1+2", "--it is 64x48+-1+2; pixels are counted from 0,0 at the top left"),
      ("0x48+1+2", "--it is 0x48; width and height must be at least 1"),
      ("64+1+2", "--it is \"64\"; WxH in pixels is expected, like 640x480"),
    ] as [Row])
  func rectangles(_ row: Row) {
    let found = outcome { () throws(ToolError) in
      let area = try Values.rectangle(row.text, "--it")
      return "\(area.width)x\(area.height)+\(area.x)+\(area.y)"
    }
    #expect(found == row.expected)
  }

  @Test(
    "Pairs of hexadecimal digits",
    arguments: [
      ("80ff", "[128, 255]"), ("00", "[0]"), ("AbCd", "[171, 205]"),
      ("", wrongDigits("")), ("8", wrongDigits("8")), ("80f", wrongDigits("80f")),
      ("8g", wrongDigits("8g")), ("0x80", wrongDigits("0x80")), ("80 ff", wrongDigits("80 ff")),
    ] as [Row])
  func hexBytes(_ row: Row) {
    #expect(
      outcome { () throws(ToolError) in try Values.hexBytes(row.text, "--it") } == row.expected)
  }

  private static func wrongDigits(_ text: String) -> String {
    "--it is \"\(text)\"; pairs of hexadecimal digits are expected, like 80ff"
  }

  @Test(
    "Numbers, whole or not",
    arguments: [
      ("0", "0.0"), ("-1.5", "-1.5"), ("1e3", "1000.0"), ("0x80", "128.0"), ("0XFF", "255.0"),
      (".5", "0.5"), ("inf", "inf"), ("-infinity", "-inf"), ("nan", "nan"),
      ("1e999", "--it is 1e999; it does not fit a 64-bit float"),
      ("", "--it is \"\"; a number is expected"), ("x", "--it is \"x\"; a number is expected"),
      ("1,5", "--it is \"1,5\"; a number is expected"),
      ("1 ", "--it is \"1 \"; a number is expected"),
    ] as [Row])
  func numbers(_ row: Row) {
    #expect(outcome { () throws(ToolError) in try Values.number(row.text, "--it") } == row.expected)
  }

  private enum Fruit: String, CaseIterable { case apple, pear, plum }

  @Test(
    "Choices",
    arguments: [
      ("apple", "apple"), ("plum", "plum"),
      ("aple", "--it is \"aple\"; choose one of apple, pear, plum (did you mean apple?)"),
      ("Pear", "--it is \"Pear\"; choose one of apple, pear, plum (did you mean pear?)"),
      ("cherry", "--it is \"cherry\"; choose one of apple, pear, plum"),
      ("", "--it is \"\"; choose one of apple, pear, plum"),
    ] as [Row])
  func choices(_ row: Row) {
    let found = outcome { () throws(ToolError) in try Values.choice(row.text, "--it") as Fruit }
    #expect(found == row.expected)
  }

  @Test("Every mode has its own name, and those of other cases where they are the only one")
  func modes() throws {
    for mode in Mode.allCases {
      #expect(try Values.mode(mode.name, "--mode") == mode)
      let alike = Mode.allCases.filter { $0.name.lowercased() == mode.name.lowercased() }
      let lower = mode.name.lowercased()
      guard lower != mode.name, alike.count > 1 else {
        #expect(try Values.mode(lower, "--mode") == mode)
        continue
      }
      #expect(throws: ToolError.self, "\(lower)") { try Values.mode(lower, "--mode") }
    }
    let refusal = outcome { () throws(ToolError) in try Values.mode("RBG", "--mode") }
    #expect(
      refusal
        == "--mode is \"RBG\", which is not a mode (did you mean RGB?); `imgtool modes` lists them")
  }
}
