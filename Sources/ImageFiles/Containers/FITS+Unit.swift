import PixelMemory
import PixelViews

extension FITS {
  /// A header and its data: an HDU.
  struct Unit {
    static let cardByteCount = 80
    static let extensionMark = Array("XTENSION=".utf8)
    /// The most axes that a unit may have.
    private static let axisLimit = 999

    /// What the unit is called.
    private(set) var name: String
    /// Its samples, where they are an image that is shown.
    private(set) var array: StoredArray?
    private(set) var rescaling: Rescaling?
    /// What its cards say beside that.
    private(set) var metadata: Metadata?
    /// The sample of pixels without a value.
    private(set) var blank: Int?
    private(set) var isTable = false
    /// How an image that is hidden in a table is compressed.
    private(set) var compression: String?
    /// Where the next unit starts, or the file ends.
    let end: Int

    init(_ reader: inout HeaderReader) throws(FormatError) {
      let start = reader.offset
      let fields = try Unit.fields(&reader)
      let kind = fields["XTENSION"] ?? "IMAGE"
      name = fields["EXTNAME"] ?? (start == 0 ? "the first unit" : kind)
      name = name.withoutControls()
      let bitpix = try fields.required("BITPIX")
      guard let element = types.element(try fields.integer(bitpix, in: -64...64), isBigEndian: true)
      else {
        throw fields.malformed(bitpix, expected: "8, 16, 32, 64, -32 or -64")
      }
      let axes = try Unit.axes(fields)
      if axes.first == 0, fields["GROUPS"] == "T" {
        throw .unsupported(format: FITS.name, feature: "random groups")
      }
      let offset = Unit.aligned(reader.offset) ?? .max
      let samples = axes.isEmpty ? 0 : axes.reduce(1) { $0?.multiplied(by: $1) }
      let parameterCount = try fields.count("PCOUNT", otherwise: 0)
      let groupCount = try fields.count("GCOUNT", otherwise: 1)
      guard
        let byteCount = samples?.added(to: parameterCount)?.multiplied(by: groupCount)?
          .multiplied(by: element.byteCount), let dataEnd = offset.added(to: byteCount),
        let end = Unit.aligned(dataEnd)
      else {
        throw .tooLarge(
          format: FITS.name, found: axes.map(String.init).joined(separator: "x"),
          limit: "\(Int.max) bytes")
      }
      guard byteCount == 0 || dataEnd <= reader.byteCount else {
        throw reader.endsEarly(
          at: bitpix.offset, expected: "\(byteCount.bytes) of \(name) from byte \(offset) on",
          needed: dataEnd)
      }
      self.end = min(end, reader.byteCount)
      isTable = kind == "BINTABLE" || kind == "TABLE" || kind == "A3DTABLE"
      if fields["ZIMAGE"] == "T" {
        isTable = false
        compression = (fields["ZCMPTYPE"] ?? "tile").withoutControls()
      }
      guard kind == "IMAGE" || kind == "IUEIMAGE", axes.count >= 2, samples != 0 else { return }
      for (key, found, wanted) in [("PCOUNT", parameterCount, 0), ("GCOUNT", groupCount, 1)]
      where found != wanted {
        throw fields.malformed(
          try fields.required(key), expected: "\(wanted), as every image has it")
      }
      try show(fields, element, axes, bitpix, at: offset)
    }

    /// Takes the samples for an image.
    private mutating func show(
      _ fields: HeaderFields, _ element: ArrayElement, _ axes: [Int], _ bitpix: HeaderFields.Field,
      at offset: Int
    ) throws(FormatError) {
      let isColor = axes.count > 2 && 3...4 ~= axes[2] && fields["CTYPE3"] == "RGB"
      let line = Rescaling(
        scale: try fields.number("BSCALE") ?? 1, bias: try fields.number("BZERO") ?? 0)
      let flipped =
        line.scale == 1 && element.kind != .float
        ? zeros.first { $0.bits == element.byteCount.inBits && $0.zero == line.bias } : nil
      let shown = flipped.flatMap { ArrayElement(named: $0.element, isBigEndian: true) } ?? element
      var array = try StoredArray(
        format: FITS.name, shown, axes: axes, bandAxis: isColor ? 2 : nil,
        sizeOffset: bitpix.offset)
      array.offset = offset
      array.isBottomUp = true
      array.flipsSignBit = flipped != nil
      self.array = array
      metadata = fields.metadata(array.shownFormat) { Unit.isUsual($0) }
      if flipped == nil, !line.isIdentity { rescaling = line }
      if element.kind != .float, let field = fields.field("BLANK") {
        blank = try fields.integer(field, in: Int.min...Int.max)
      }
    }

    private static func axes(_ fields: HeaderFields) throws(FormatError) -> [Int] {
      let count = try fields.integer(try fields.required("NAXIS"), in: 0...axisLimit)
      var axes: [Int] = []
      for axis in 0..<count {
        axes.append(try fields.integer(try fields.required("NAXIS\(axis + 1)")))
      }
      return axes
    }

    /// The first byte of the block after another one; `nil` beyond what can be counted.
    private static func aligned(_ offset: Int) -> Int? {
      offset.added(to: blockByteCount - 1).map { $0 / blockByteCount * blockByteCount }
    }

    /// The cards that say something.
    private static func fields(_ reader: inout HeaderReader) throws(FormatError) -> HeaderFields {
      var fields = HeaderFields(FITS.name)
      let start = reader.offset
      while true {
        let place = reader.offset
        let card = try reader.bytes(cardByteCount, "a card")
        guard card.allSatisfy({ (0x20..<0x7F).contains($0) }) else {
          throw reader.malformed(
            at: place, found: "bytes that are not printable", expected: "a card of text")
        }
        let key = String(decoding: card.prefix(8), as: UTF8.self).trimmed
        if place == start { try check(key, card, reader) }
        if key == "END" { return fields }
        if card[8] == UInt8(ascii: "=") {
          fields.append(key, value(card.dropFirst(10)), at: place)
        } else if let (key, text) = remark(key, card) {
          fields.append(key, text, at: place)
        }
        guard reader.offset - start < HeaderReader.textByteCount else {
          throw reader.malformed(
            at: start, found: "no END in the first mebibyte", expected: "END after the cards")
        }
      }
    }

    /// Refuses what no unit begins with.
    private static func check(
      _ key: String, _ card: [UInt8], _ reader: HeaderReader
    ) throws(FormatError) {
      let isFirst = reader.offset == cardByteCount
      guard key == (isFirst ? "SIMPLE" : "XTENSION"), card[8] == UInt8(ascii: "=") else {
        throw reader.malformed(
          at: reader.offset - cardByteCount, found: "\"\(key)\"",
          expected: isFirst ? "SIMPLE  =" : "XTENSION=")
      }
      guard !isFirst || value(card.dropFirst(10)) == "T" else {
        throw .unsupported(format: FITS.name, feature: "SIMPLE = F, apart from the standard,")
      }
    }

    /// Whether a card says nothing that a file of the pixels alone would not say.
    private static func isUsual(_ field: HeaderFields.Field) -> Bool {
      field.key.hasPrefix("NAXIS") || usualKeys.contains(field.key)
        || field.key == "COMMENT" && usualComments.contains(where: field.value.hasPrefix)
    }

    /// Those that say where samples are and what they mean, and sums of the bytes.
    private static let usualKeys: Set<String> = [
      "SIMPLE", "XTENSION", "BITPIX", "PCOUNT", "GCOUNT", "GROUPS", "BSCALE", "BZERO", "EXTEND",
      "CHECKSUM", "DATASUM",
    ]

    /// What CFITSIO writes into each file.
    private static let usualComments = [
      "FITS (Flexible Image Transport System) format is", "and Astrophysics', volume 376",
    ]

    /// The key and the text of a card without a value at the usual place; `nil` for one that says nothing of
    /// its own.
    private static func remark(_ key: String, _ card: [UInt8]) -> (key: String, value: String)? {
      let text = String(decoding: card.dropFirst(8), as: UTF8.self).trimmed
      // The rest of a text that began on the card before.
      if text.isEmpty || key == "CONTINUE" { return nil }
      // ESO's convention for keys of several words.
      if key == "HIERARCH", let (name, value) = text.divided(by: "=") { return (name, value) }
      return (key.isEmpty ? "COMMENT" : key, text)
    }

    /// What a card says, without quotes and comment.
    private static func value(_ bytes: ArraySlice<UInt8>) -> String {
      let text = String(decoding: bytes, as: UTF8.self).trimmed
      guard text.hasPrefix("'") else {
        return String(text.prefix { $0 != "/" }).trimmed
      }
      return String(text.dropFirst().prefix { $0 != "'" }).trimmed
    }
  }
}

extension HeaderFields {
  /// The number of a field, with a D or an E before its exponent; `nil` where the key is missing.
  fileprivate func number(_ key: String) throws(FormatError) -> Double? {
    guard let field = field(key) else { return nil }
    let text = String(field.value.map { "dD".contains($0) ? "E" : $0 })
    guard let number = Double(text), number.isFinite else {
      throw malformed(field, expected: "a number")
    }
    return number
  }

  fileprivate func count(_ key: String, otherwise count: Int) throws(FormatError) -> Int {
    guard let field = field(key) else { return count }
    return try integer(field)
  }
}

extension HeaderReader {
  /// Whether the next bytes are these.
  func starts(with mark: [UInt8]) -> Bool {
    var reader = self
    return (try? reader.bytes(mark.count, "a mark")) == mark
  }
}
