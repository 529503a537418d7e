/// DEC's sixel graphics (VT340): six rows at a time, one color after the other.
///
/// ```
/// DCS 0 ; 1 q              pixels that are not set keep what is there
/// " 1 ; 1 ; width ; height square pixels
/// # n ; 2 ; r ; g ; b      color n in percent
/// # n data                 the pixels of color n in the band; ? to ~ are six bits, the lowest on top
/// ! count char             a run     $ back to the left     - next band     ST the end
/// ```
enum Sixel {
  /// The picture as one control string.
  ///
  /// - Complexity: O(pixels + bands · colors of a band · width).
  static func encode(_ picture: Thumbnail) -> String {
    let cut = ColorCut(picture)
    var text = "\u{1B}P0;1q\"1;1;\(picture.width);\(picture.height)"
    for (number, color) in cut.colors.enumerated() {
      text += "#\(number);2;\(percent(color.red));\(percent(color.green));\(percent(color.blue))"
    }
    var band = Band(width: picture.width)
    for top in stride(from: 0, to: picture.height, by: 6) {
      if top > 0 { text += "-" }
      let bottom = min(top + 6, picture.height)
      let pixels = top * picture.width..<bottom * picture.width
      band.fill(cut.indices[pixels], where: picture.pixels[pixels].lazy.map { !$0.isClear })
      band.write(to: &text)
    }
    return text + "\u{1B}\\"
  }

  private static func percent(_ value: UInt8) -> Int { (Int(value) * 100 + 127) / 255 }

  /// Six rows, as the bits of each color.
  private struct Band {
    let width: Int
    /// 256 rows of six-bit columns.
    private var bits: [UInt8]
    private var used: [Int] = []

    init(width: Int) {
      self.width = width
      bits = Array(repeating: 0, count: 256 * width)
    }

    mutating func fill(_ indices: ArraySlice<UInt8>, where isColored: some Sequence<Bool>) {
      for color in used {
        for x in 0..<width { bits[color * width + x] = 0 }
      }
      var isUsed = [Bool](repeating: false, count: 256)
      for (position, (index, isColored)) in zip(indices, isColored).enumerated() where isColored {
        bits[Int(index) * width + position % width] |= 1 << UInt8(position / width)
        isUsed[Int(index)] = true
      }
      used = isUsed.indices.filter { isUsed[$0] }
    }

    func write(to text: inout String) {
      for (position, color) in used.enumerated() {
        if position > 0 { text += "$" }
        text += "#\(color)"
        var x = 0
        while x < width {
          let column = bits[color * width + x]
          var end = x + 1
          while end < width, bits[color * width + end] == column { end += 1 }
          // Nothing more of this color: the rest of the row need not be said.
          if column == 0, end == width { break }
          let character = Character(UnicodeScalar(63 + column))
          if end - x > 3 {
            text += "!\(end - x)\(character)"
          } else {
            for _ in x..<end { text.append(character) }
          }
          x = end
        }
      }
    }
  }
}
