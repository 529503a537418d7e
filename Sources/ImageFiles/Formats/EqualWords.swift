import PixelViews

/// Pixels of equal whole words, side by side in the order of the bands: what formats hold that know
/// a number type and a byte order, and nothing else.
struct EqualWords: Hashable, Sendable {
  let fields: [SampleField]
  let element: ArrayElement

  /// Bits of a pixel.
  var pixelBits: Int { (fields.count * element.byteCount).inBits }

  /// `nil` unless the fields are such words.
  init?(_ fields: [SampleField]) {
    guard let element = fields.first.flatMap(ArrayElement.init),
      fields.enumerated().allSatisfy({ $1 == .element(element, at: $0 * element.byteCount) })
    else { return nil }
    self.fields = fields
    self.element = element
  }

  /// The same words with their bytes in an order.
  func ordered(isBigEndian: Bool) -> EqualWords {
    let ordered = ArrayElement(
      element.kind, byteCount: element.byteCount, isBigEndian: isBigEndian)
    return EqualWords(
      fields.indices.map { .element(ordered, at: $0 * element.byteCount) }) ?? self
  }

  /// The words that a rawmode says; or those that the image is stored in, if the format knows them;
  /// or the natural ones of its samples.
  init?(
    storing image: Image, as rawmode: Rawmode?,
    isKnown: (ArrayElement) -> Bool
  ) {
    if rawmode == nil, !image.isDerived, image.layout.grid == nil,
      let words = EqualWords(image.layout.fields.withSignBits),
      isKnown(words.element)
    {
      self = words
      return
    }
    let chosen = rawmode ?? .natural(image.format)
    guard chosen.mode == image.mode, chosen.type == image.format.type,
      let layout = try? chosen.layout(width: 1, height: 1)
    else { return nil }
    self.init(layout.fields)
    guard pixelBits == chosen.bitsPerPixel, isKnown(element) else { return nil }
  }
}

extension [SampleField] {
  /// The fields with their numbers as they are meant, where all are stored with the sign bit inverted.
  fileprivate var withSignBits: [SampleField] {
    guard allSatisfy({ $0.flippedBits == 1 << UInt64($0.bitCount - 1) }) else { return self }
    return map { field in
      var field = field
      field.flippedBits = 0
      return field
    }
  }
}

extension FileFormat.DescribeOptions {
  /// The frame that is asked for, counted from 0.
  ///
  /// - Parameter count: how many frames there are.
  /// - Throws: ``FormatError/noFrame(format:frame:count:)`` for one that is not there.
  func frame(of count: Int, _ format: String) throws(FormatError) -> Int {
    let frame = frameNumber < 0 ? count + frameNumber : frameNumber
    guard (0..<count).contains(frame) else {
      throw .noFrame(format: format, frame: frameNumber, count: count)
    }
    return frame
  }

  /// - Throws: ``FormatError/noFrame(format:frame:count:)`` for any frame but the only one.
  func checkOnlyFrame(_ format: String) throws(FormatError) { _ = try frame(of: 1, format) }
}
