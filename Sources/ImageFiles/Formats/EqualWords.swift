import PixelViews

/// Pixels of equal whole words, side by side in the order of the bands: what formats hold that know
/// a number type and a byte order, and nothing else.
struct EqualWords: Hashable, Sendable {
  let fields: [SampleField]
  let byteCount: Int
  let bigEndian: Bool
  let number: SampleField.Number

  /// Bits of a pixel.
  var pixelBits: Int { (fields.count * byteCount).inBits }

  /// `nil` unless the fields are such words.
  init?(_ fields: [SampleField]) {
    guard let first = fields.first, case .word(let byteCount, let bigEndian) = first.storage,
      fields.enumerated().allSatisfy({ index, field in
        field
          == .word(
            at: index * byteCount, byteCount: byteCount, bigEndian: bigEndian, number: first.number)
      })
    else { return nil }
    self.fields = fields
    self.byteCount = byteCount
    self.bigEndian = bigEndian
    number = first.number
  }

  /// The words that a rawmode says; or those that the image is stored in, if the format knows them;
  /// or the natural ones of its samples.
  init?(
    storing image: Image, as rawmode: Rawmode?,
    isKnown: (_ byteCount: Int, SampleField.Number) -> Bool
  ) {
    if rawmode == nil, !image.isDerived, let words = EqualWords(image.layout.fields),
      isKnown(words.byteCount, words.number)
    {
      self = words
      return
    }
    let chosen = rawmode ?? .natural(image.format)
    guard chosen.mode == image.mode, chosen.type == image.format.type,
      let layout = try? chosen.layout(width: 1, height: 1)
    else { return nil }
    self.init(layout.fields)
    guard pixelBits == chosen.bitsPerPixel, isKnown(byteCount, number) else { return nil }
  }
}

extension FileFormat.DescribeOptions {
  /// - Throws: ``FormatError/noFrame(format:frame:count:)`` for any frame but the only one.
  func checkOnlyFrame(_ format: String) throws(FormatError) {
    guard frame == 0 || frame == -1 else { throw .noFrame(format: format, frame: frame, count: 1) }
  }
}
