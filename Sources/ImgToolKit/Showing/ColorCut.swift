/// Up to 256 colors that stand for all of a picture: its own where they are few enough, else the
/// means of boxes by median cut (Heckbert 1982).
struct ColorCut: Sendable {
  private(set) var colors: [ScreenColor] = []
  /// The color's number for each pixel of the picture; any for one that has no color.
  private(set) var indices: [UInt8] = []

  /// - Complexity: O(pixels · log 256).
  init(_ picture: Thumbnail, limit: Int = 256) {
    if let exact = ColorCut.exact(picture, limit: limit) {
      self = exact
      return
    }
    // Colors that agree in their upper 5 bits are one; boxes are cut between these.
    var cells = [Cell](repeating: Cell(), count: 1 << 15)
    for color in picture.pixels where !color.isClear { cells[ColorCut.cell(color)].add(color) }
    let used = cells.indices.filter { cells[$0].count > 0 }
    var boxes = [Box(used[...], cells)]
    while boxes.count < limit, let index = ColorCut.next(boxes) {
      let (low, high) = boxes[index].cut(cells)
      boxes[index] = low
      boxes.append(high)
    }
    var numbers = [UInt8](repeating: 0, count: cells.count)
    for (number, box) in boxes.enumerated() {
      for cell in box.cells { numbers[cell] = UInt8(number) }
    }
    colors = boxes.map { $0.mean(cells) }
    indices = picture.pixels.map { numbers[ColorCut.cell($0)] }
  }

  private init(colors: [ScreenColor], indices: [UInt8]) {
    self.colors = colors
    self.indices = indices
  }

  private static func exact(_ picture: Thumbnail, limit: Int) -> ColorCut? {
    var numbers: [ScreenColor: UInt8] = [:]
    var cut = ColorCut(colors: [], indices: [])
    cut.indices.reserveCapacity(picture.pixels.count)
    for color in picture.pixels {
      if let number = color.isClear ? 0 : numbers[color] {
        cut.indices.append(number)
        continue
      }
      guard cut.colors.count < limit else { return nil }
      let number = UInt8(cut.colors.count)
      numbers[color] = number
      cut.colors.append(color)
      cut.indices.append(number)
    }
    return cut
  }

  private static func cell(_ color: ScreenColor) -> Int {
    Int(color.red >> 3) << 10 | Int(color.green >> 3) << 5 | Int(color.blue >> 3)
  }

  /// The box with the most pixels times its longest side; `nil` when none can be cut.
  private static func next(_ boxes: [Box]) -> Int? {
    boxes.indices.filter { boxes[$0].cells.count > 1 }
      .max { boxes[$0].urgency < boxes[$1].urgency }
  }

  private struct Cell {
    var count = 0
    var sum = SIMD4<Int>.zero

    mutating func add(_ color: ScreenColor) {
      count += 1
      sum &+= SIMD4(Int(color.red), Int(color.green), Int(color.blue), 0)
    }
  }

  private struct Box {
    let cells: ArraySlice<Int>
    let count: Int
    /// The bits to shift a cell's number by, to get at the band with the longest side.
    let shift: Int
    let side: Int

    var urgency: Int { count * side }

    init(_ cells: ArraySlice<Int>, _ table: [Cell]) {
      self.cells = cells
      count = cells.reduce(0) { $0 + table[$1].count }
      let sides = [10, 5, 0].map { shift in
        let values = cells.lazy.map { $0 >> shift & 31 }
        return (shift: shift, length: (values.max() ?? 0) - (values.min() ?? 0))
      }
      let longest = sides.max { $0.length < $1.length }
      shift = longest?.shift ?? 0
      side = longest?.length ?? 0
    }

    /// Two boxes with half of the pixels each, as nearly as cells allow.
    func cut(_ table: [Cell]) -> (Box, Box) {
      let sorted = cells.sorted { ($0 >> shift & 31, $0) < ($1 >> shift & 31, $1) }
      var below = 0
      var middle = 0
      while middle < sorted.count - 1, middle == 0 || below < count / 2 {
        below += table[sorted[middle]].count
        middle += 1
      }
      return (Box(sorted[..<middle], table), Box(sorted[middle...], table))
    }

    func mean(_ table: [Cell]) -> ScreenColor {
      let sum = cells.reduce(SIMD4<Int>.zero) { $0 &+ table[$1].sum }
      let half = SIMD4(repeating: count / 2)
      let mean = (sum &+ half) / SIMD4(repeating: max(1, count))
      return ScreenColor(UInt8(mean.x), UInt8(mean.y), UInt8(mean.z))
    }
  }
}
