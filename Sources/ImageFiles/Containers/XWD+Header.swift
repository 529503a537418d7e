import PixelMemory
import PixelViews

extension XWD {
  /// The numbers of a header that pixels depend on.
  struct Header {
    var byteCount, format, depth, width, height: Int
    var isBigEndian: Bool
    /// Whether bits are counted from the highest of a byte.
    var countsFromHighest: Bool
    var bitsPerPixel, stride: Int
    var visual: Visual
    var masks: [UInt32]
    var colorCount: Int

    /// Reads it, up to the name.
    init(_ reader: inout HeaderReader) throws(FormatError) {
      reader.offset = 0
      var words: [UInt32] = []
      for _ in 0..<25 { words.append(try reader.integer("the header", bigEndian: true)) }
      func number(_ index: Int, in range: ClosedRange<Int>, _ what: String) throws(FormatError)
        -> Int
      {
        let number = Int(words[index])
        guard range.contains(number) else {
          throw reader.malformed(
            at: index * 4, found: "\(what) \(number)",
            expected: "\(range.lowerBound) to \(range.upperBound)")
        }
        return number
      }
      byteCount = try number(0, in: headerByteCount...1 << 16, "a header of length")
      _ = try number(1, in: 7...7, "version")
      format = try number(2, in: 0...2, "format")
      depth = try number(3, in: 1...32, "depth")
      width = try number(4, in: 1...Int(UInt32.max), "width")
      height = try number(5, in: 1...Int(UInt32.max), "height")
      isBigEndian = try number(7, in: 0...1, "order of bytes") == 1
      countsFromHighest = try number(9, in: 0...1, "order of bits") == 1
      bitsPerPixel = Int(words[11])
      stride = Int(words[12])
      guard let visual = Visual(rawValue: try number(13, in: 0...5, "visual class")) else {
        preconditionFailure("a class has no name")
      }
      self.visual = visual
      masks = Array(words[14..<17])
      colorCount = try number(19, in: 0...1 << 16, "a number of colors:")
      try checkFormat(reader, unit: Int(words[8]), skipped: Int(words[6]))
      guard [1, 4, 8, 16, 24, 32].contains(bitsPerPixel), depth <= bitsPerPixel else {
        throw reader.malformed(
          at: 44, found: "\(bitsPerPixel) bits a pixel",
          expected: "1, 4, 8, 16, 24 or 32, and \(depth) at least")
      }
      let least = (width * bitsPerPixel + 7).inWholeBytes
      guard stride >= least else {
        throw reader.malformed(
          at: 48, found: "rows of \(stride.bytes)",
          expected: "\(least) for \(width) pixels of \(bitsPerPixel) bits")
      }
    }

    private mutating func checkFormat(
      _ reader: HeaderReader, unit: Int, skipped: Int
    ) throws(FormatError) {
      if format < 2 {
        guard depth == 1 else {
          throw .unsupported(format: name, feature: "\(depth) planes of bits (XYPixmap)")
        }
        bitsPerPixel = 1
        guard skipped == 0 else {
          throw .unsupported(format: name, feature: "rows that begin at bit \(skipped)")
        }
      }
      if bitsPerPixel == 1, unit > 8, isBigEndian != countsFromHighest {
        throw .unsupported(format: name, feature: "bits in words of the other order")
      }
    }
  }
}
