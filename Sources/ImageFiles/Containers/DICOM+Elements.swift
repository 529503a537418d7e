import PixelMemory
import PixelViews

/// The elements of a data set, one after the other (DICOM PS3.5, 7 and Annex A).
struct DICOMElements {
  /// Where the value of an element stands.
  struct Element {
    var tag: UInt32
    var kind: String
    var offset: Int
    /// `nil` for values that end with a mark.
    var byteCount: Int?
  }

  private var reader: HeaderReader
  private let isBigEndian: Bool
  private let isImplicit: Bool
  /// Those that were looked at, however deep.
  private var count = 0

  /// Elements beyond this many are not a picture's.
  static let limit = 1 << 20
  static let nestingLimit = 32
  private static let item: UInt32 = 0xFFFE_E000
  private static let itemEnd: UInt32 = 0xFFFE_E00D
  private static let sequenceEnd: UInt32 = 0xFFFE_E0DD
  /// Kinds whose length has four bytes.
  private static let long: Set<String> = [
    "OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV",
  ]

  init(_ reader: HeaderReader, isBigEndian: Bool, isImplicit: Bool) {
    self.reader = reader
    self.isBigEndian = isBigEndian
    self.isImplicit = isImplicit
  }

  var offset: Int { reader.offset }

  /// The next element, after which the elements go on; `nil` at the end of the file. What stands in
  /// sequences is passed over.
  ///
  /// - Throws: ``FormatError/malformed(format:offset:found:expected:)``.
  mutating func next() throws(FormatError) -> Element? {
    if reader.isAtEnd { return nil }
    let element = try header(isImplicit: isImplicit)
    if let byteCount = element.byteCount {
      guard byteCount <= reader.byteCount - reader.offset else {
        throw reader.malformed(
          at: element.offset, found: "\(reader.byteCount - reader.offset) bytes to the end",
          expected: "\(byteCount) of the element \(DICOMElements.words(element.tag))")
      }
      reader.offset += byteCount
    } else if element.tag != DICOM.pixelData {
      try skipItems(isImplicit: isImplicit || element.kind == "UN", depth: 1)
    }
    return element
  }

  static func words(_ tag: UInt32) -> String {
    let digits = String(tag, radix: 16, uppercase: true)
    let padded = String(repeating: "0", count: 8 - digits.count) + digits
    return "(\(padded.prefix(4)),\(padded.suffix(4)))"
  }

  private mutating func header(isImplicit: Bool) throws(FormatError) -> Element {
    let start = reader.offset
    count += 1
    guard count <= DICOMElements.limit else {
      throw reader.malformed(
        at: start, found: "more than \(DICOMElements.limit) elements", expected: "fewer")
    }
    let group: UInt16 = try reader.integer("an element", bigEndian: isBigEndian)
    let number: UInt16 = try reader.integer("an element", bigEndian: isBigEndian)
    let tag = UInt32(group) << 16 | UInt32(number)
    var kind = ""
    var byteCount: UInt32
    if isImplicit || group == 0xFFFE {
      byteCount = try reader.integer("the length of an element", bigEndian: isBigEndian)
    } else {
      let letters = try reader.bytes(2, "the kind of an element")
      guard letters.allSatisfy({ (0x41...0x5A).contains($0) }) else {
        throw reader.malformed(
          at: start + 4, found: "\(letters) in the element \(DICOMElements.words(tag))",
          expected: "the two letters of a kind")
      }
      kind = String.latin1(letters)
      if DICOMElements.long.contains(kind) {
        _ = try reader.bytes(2, "the length of an element")
        byteCount = try reader.integer("the length of an element", bigEndian: isBigEndian)
      } else {
        byteCount = UInt32(
          try reader.integer("the length of an element", bigEndian: isBigEndian, as: UInt16.self))
      }
    }
    let isOpen = byteCount == .max
    return Element(
      tag: tag, kind: kind, offset: reader.offset, byteCount: isOpen ? nil : Int(byteCount))
  }

  /// Passes over the items of a sequence that ends with a mark.
  private mutating func skipItems(isImplicit: Bool, depth: Int) throws(FormatError) {
    guard depth <= DICOMElements.nestingLimit else {
      throw reader.malformed(
        at: reader.offset, found: "sequences nested more than \(DICOMElements.nestingLimit) deep",
        expected: "fewer")
    }
    while true {
      let item = try header(isImplicit: isImplicit)
      if item.tag == DICOMElements.sequenceEnd { return }
      guard item.tag == DICOMElements.item else {
        throw reader.malformed(
          at: item.offset, found: DICOMElements.words(item.tag),
          expected: "an item, or the end of the sequence")
      }
      guard item.byteCount == nil else {
        try skip(item)
        continue
      }
      while true {
        let element = try header(isImplicit: isImplicit)
        if element.tag == DICOMElements.itemEnd { break }
        if element.byteCount != nil {
          try skip(element)
        } else {
          try skipItems(isImplicit: isImplicit || element.kind == "UN", depth: depth + 1)
        }
      }
    }
  }

  private mutating func skip(_ element: Element) throws(FormatError) {
    guard let byteCount = element.byteCount, byteCount <= reader.byteCount - reader.offset else {
      throw reader.malformed(
        at: element.offset, found: "\(reader.byteCount - reader.offset) bytes to the end",
        expected: "\(element.byteCount ?? 0) of the element \(DICOMElements.words(element.tag))")
    }
    reader.offset += byteCount
  }
}
