import PixelMemory
import Testing

@testable import ImageFiles

@Suite struct JSONTests {
  @Test(
    "A value is written on one line",
    arguments: [
      (.null, "null"), (true, "true"), (false, "false"), (-7, "-7"),
      (.integer(.min), "-9223372036854775808"), (.number(0.5), "0.5"), (.number(3), "3"),
      (.number(1e300), "1e+300"), (.number(.nan), "\"nan\""), (.number(-.infinity), "\"-inf\""),
      ("a\"b\\c\n\t\r\u{1}\u{1F}/é😀", #""a\"b\\c\n\t\r\u0001\u001f/é😀""#),
      ([], "[]"), ([1, "x", [true]], "[1,\"x\",[true]]"), (.object([]), "{}"),
      (.record(["b": 1, "a": .null, "\"": [2]]), #"{"b":1,"\"":[2]}"#),
    ] as [(JSON, String)])
  func writing(_ value: JSON, _ text: String) {
    #expect(value.text == text)
  }

  @Test("A byte of a file's name that is not UTF-8 is written as a replacement")
  func fileNames() throws {
    let name = FileName.text([0x61, 0xFF, 0x62] as [UInt8])
    #expect(JSON.string(name).text == "\"a\u{FFFD}b\"")
  }

  @Test(
    "What is written is read again as it was",
    arguments: [
      .null, true, -7, .integer(.max), .number(0.5), .number(-1e-300), "", "a\"b\\c\n\u{1}é😀",
      [], [[], [.null]], .object([]), .record(["b": [1, .record(["c": false])], "a": "x"]),
    ] as [JSON])
  func roundTrip(_ value: JSON) throws {
    #expect(try JSON.parse(Array(value.text.utf8)) == value)
  }

  @Test(
    "JSON of others is read by RFC 8259",
    arguments: [
      (" [ 1 ,\t2\r\n] ", [1, 2]), ("0", 0), ("-0", 0), ("1.0", .number(1)), ("1E2", .number(100)),
      ("1e+2", .number(100)), ("-1.5e-1", .number(-0.15)), (#""\u00e9\/\b\f""#, "é/\u{8}\u{C}"),
      (#""\ud83d\ude00""#, "😀"), (#""\u0000""#, "\0"),
      (#"{"a":{"a":1}}"#, .record(["a": .record(["a": 1])])),
    ] as [(String, JSON)])
  func reading(_ text: String, _ expected: JSON) throws {
    #expect(try JSON.parse(Array(text.utf8)) == expected)
  }

  @Test(
    "What is not JSON is told with its place",
    arguments: [
      ("", 0, "the end", "a value"), ("  ", 2, "the end", "a value"),
      ("nul", 3, "the end", "null"), ("trux", 3, "\"x\"", "true"), ("None", 0, "\"N\"", "a value"),
      ("1 2", 2, "\"2\"", "the end"), ("01", 1, "\"1\"", "the end"), ("+1", 0, "\"+\"", "a value"),
      (".5", 0, "\".\"", "a value"), ("1.", 2, "the end", "a digit"),
      ("1e", 2, "the end", "a digit"),
      ("-", 1, "the end", "a digit"),
      ("9223372036854775808", 0, "9223372036854775808", "a number that fits 64 bits"),
      ("1e999", 0, "1e999", "a number that fits 64 bits"),
      ("[1,]", 3, "\"]\"", "a value"), ("[1 2]", 3, "\"2\"", "\",\" or \"]\""),
      ("[1", 2, "the end", "\",\" or \"]\""), ("{", 1, "the end", "a key in quotes"),
      ("{a:1}", 1, "\"a\"", "a key in quotes"), (#"{"a" 1}"#, 5, "\"1\"", "\":\""),
      (#"{"a":1,}"#, 7, "\"}\"", "a key in quotes"),
      (#"{"a":1,"a":2}"#, 7, "the key \"a\" again", "each key once"),
      ("\"a", 2, "the end", "a closing quote"),
      ("\"\n\"", 1, "0xa", "no control character in text"),
      (#""\x""#, 2, "\"x\"", "an escape of JSON"),
      (#""\u12g4""#, 5, "\"g\"", "four hexadecimal digits"),
      (#""\ud83d""#, 1, "\"\\\"", "a whole surrogate pair"),
      (#""\ude00""#, 1, "\"\\\"", "a whole surrogate pair"),
      (#""\ud83d\u0041""#, 1, "\"\\\"", "a whole surrogate pair"),
      ("\u{FEFF}1", 0, "0xef", "a value"), ("'a'", 0, "\"'\"", "a value"),
      ("NaN", 0, "\"N\"", "a value"),
    ] as [(String, Int, String, String)])
  func refusing(_ text: String, _ offset: Int, _ found: String, _ expected: String) {
    #expect(throws: JSON.ParseError(offset: offset, found: found, expected: expected)) {
      try JSON.parse(Array(text.utf8))
    }
  }

  @Test("Bytes that are not UTF-8 are told at the quote that opens them")
  func notText() {
    #expect(throws: JSON.ParseError(offset: 0, found: "\"\"\"", expected: "text in UTF-8")) {
      try JSON.parse([0x22, 0xFF, 0x22])
    }
  }

  @Test("The bounds hold for depth and for length")
  func bounds() throws {
    var bounds = JSON.Bounds()
    bounds.depth = 3
    #expect(try JSON.parse(Array("[[[]],[[]]]".utf8), bounds: bounds) == [[[]], [[]]])
    #expect(
      throws: JSON.ParseError(offset: 3, found: "\"[\"", expected: "fewer values inside each other")
    ) { try JSON.parse(Array("[[[[]]]]".utf8), bounds: bounds) }
    bounds.byteCount = 4
    #expect(try JSON.parse(Array("[12]".utf8), bounds: bounds) == [12])
    #expect(throws: JSON.ParseError(offset: 4, found: "more", expected: "at most 4 bytes")) {
      try JSON.parse(Array("[12] ".utf8), bounds: bounds)
    }
  }

  @Test("A file cut after each of its bytes, and with each byte replaced, is read or refused")
  func damage() throws {
    let whole = Array(#"{"a":[1,-2.5e3,"x\u00e9\n"],"b":{"c":null,"d":true}}"#.utf8)
    var (readCount, refusedCount) = (0, 0)
    func survive(_ bytes: [UInt8]) {
      if (try? JSON.parse(bytes)) == nil { refusedCount += 1 } else { readCount += 1 }
    }
    for count in whole.indices { survive(Array(whole.prefix(count))) }
    #expect((readCount, refusedCount) == (0, whole.count))
    for index in whole.indices {
      for value in UInt8.min...UInt8.max {
        var damaged = whole
        damaged[index] = value
        survive(damaged)
      }
    }
    #expect(readCount + refusedCount == whole.count * 257)
    // At least what is as it was.
    #expect(readCount > whole.count && refusedCount > whole.count * 200)
  }
}
