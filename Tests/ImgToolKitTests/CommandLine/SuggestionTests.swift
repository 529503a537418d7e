import Testing

@testable import ImgToolKit

@Suite struct SuggestionTests {
  @Test(
    "The distance counts edits of one character and exchanges of neighbors",
    arguments: [
      ("", "", 0), ("abc", "abc", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abd", 1),
      ("abc", "acb", 1), ("abc", "ab", 1), ("abc", "xabc", 1), ("kitten", "sitting", 3),
      // An exchanged pair is not edited again: 3, not 2.
      ("ca", "abc", 3), ("é", "e", 1),
    ])
  func distances(_ one: String, _ other: String, _ expected: Int) {
    #expect(Suggestion.distance(Array(one), Array(other)) == expected)
    #expect(Suggestion.distance(Array(other), Array(one)) == expected)
  }

  @Test(
    "A word is meant within one edit, long ones within two, of the same first letter and digits",
    arguments: [
      ("--sise", "--size"), ("--SIZE", "--size"), ("--szie", "--size"), ("size", "--size"),
      ("--sav", "--save"), ("--interleaf", "--interleave"), ("--inetrlevae", "--interleave"),
      ("--nterleave", nil), ("--raze", nil), ("--sizzle", nil), ("rgb565l", "rgb565le"),
      ("rgb55le", nil), ("rgb566le", nil), ("bgr565le", nil), ("nothing", nil), ("", nil),
      ("--", nil), ("si", nil),
    ] as [(String, String?)])
  func closest(_ word: String, _ expected: String?) {
    let names = ["--size", "--save", "--interleave", "rgb565le"]
    #expect(Suggestion.closest(to: word, in: names) == expected)
    #expect(Suggestion.closest(to: word, in: []) == nil)
  }

  @Test("Of names that are equally close, the first one is meant")
  func ties() {
    #expect(Suggestion.closest(to: "cat", in: ["bat", "car", "cab"]) == "car")
  }

  @Test("A hint is a question in parentheses, or nothing")
  func hints() {
    #expect(Suggestion.hint("pngg", in: ["png", "bmp"]) == " (did you mean png?)")
    #expect(Suggestion.hint("jpeg", in: ["png", "bmp"]) == "")
  }

  @Test("A few of many names are the closest ones, and the first ones where none is close")
  func few() {
    let names = ["RGB", "BGR", "RGBX", "XRGB", "BGRX", "XBGR", "RGB;L"]
    let all = " … (`imgtool rawmodes` lists all)"
    #expect(Suggestion.few("BGRA", of: names) == "BGR, BGRX, RGB, RGBX, XRGB" + all)
    #expect(Suggestion.few("zzzz", of: names) == "RGB, BGR, RGBX, XRGB, BGRX" + all)
    #expect(Suggestion.few("L", of: ["L;2", "L;4"]) == "L;2, L;4 (`imgtool rawmodes` lists all)")
  }
}
