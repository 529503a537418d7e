import PixelMemory

/// Something of the pixels that is not where they were put, or not in what was read of them.
public struct Loss: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  /// What is lost, in a word or two: `alpha`, `palette`, `precision` …
  public let name: String
  /// What happened, as a sentence without its end.
  public let description: String

  public init(_ name: String, description: String? = nil) {
    self.name = name
    self.description =
      description ?? "the \(name) \(Loss.isPlural(name) ? "are" : "is") not in the file"
  }

  /// Whether a noun names several things: "pages below this one" does, "text Titles" does not.
  private static func isPlural(_ noun: String) -> Bool {
    let words = noun.split(separator: " ")
    guard let first = words.first, !["text", "chunk", "tag"].contains(first) else { return false }
    let head = words.prefix { !["of", "below", "on"].contains($0) && !$0.hasPrefix("(") }
    return head.contains("and") || head.last?.hasSuffix("s") == true
  }

  /// What a file has no place for.
  public init(stringLiteral name: String) { self.init(name) }

  /// What happened, of all losses.
  package static func sentence(_ losses: [Loss]) -> String {
    sentences(losses).joined(separator: "; ")
  }

  /// What happened, a sentence each; what a file has no place for is one of them.
  package static func sentences(_ losses: [Loss]) -> [String] {
    let absent = losses.filter { $0 == Loss($0.name) }
    let nouns = absent.map { "the \($0.name)" }.joined(separator: ", ")
    return (absent.count < 2 ? absent.map(\.description) : ["not in the file: \(nouns)"])
      + losses.filter { $0 != Loss($0.name) }.map(\.description)
  }

  /// Samples are stored as the nearest ones that there are.
  static func precision(
    x: Int, y: Int, band: String, value: Double, stored: Double, type: SampleType,
    verb: String = "stored as"
  ) -> Loss {
    Loss(
      "precision",
      description: "band \(band) of pixel \(x),\(y) is \(verb) \(type.text(stored)) in place of "
        + "\(type.text(value)): samples are rounded")
  }

  /// Samples are written with fewer bits.
  package static func precision(bits: Int) -> Loss {
    let words = bits == 1 ? "1 bit" : "\(bits) bits"
    return Loss("precision", description: "samples are rounded to \(words), a loss of precision")
  }
}

/// What was lost of an image and the views of it, until somebody asks.
///
/// Of each kind the first place is kept, in reading order.
struct LossLog: Sendable {
  private struct Entry {
    var loss: Loss
    var x, y: Int
  }

  private struct State {
    var entries: [String: Entry] = [:]
    /// The kinds that are told once and no more.
    var told: Set<String> = []
  }

  private let state = Locked(State())
  /// The height of the image that is told of, where rows are read from its last to its first.
  private var mirroredHeight: Int?

  /// The same log, for an image that is read upside down.
  func mirrored(height: Int) -> LossLog {
    var log = self
    log.mirroredHeight = height
    return log
  }

  /// The row that is told of, for one that is read.
  func row(_ y: Int) -> Int { mirroredHeight.map { $0 - 1 - y } ?? y }

  func add(_ loss: Loss, x: Int, y: Int) {
    state.withLock { state in
      if let known = state.entries[loss.name], (known.y, known.x) <= (y, x) { return }
      state.entries[loss.name] = Entry(loss: loss, x: x, y: y)
    }
  }

  /// Takes what another image has lost, where it is not the same.
  func add(_ other: LossLog) {
    guard other.state !== state else { return }
    for entry in other.takeEntries(once: [Image.strayBits]) {
      add(entry.loss, x: entry.x, y: entry.y)
    }
  }

  /// Whether a loss of this kind at a place would be news.
  func wants(_ name: String, x: Int, y: Int) -> Bool {
    state.withLock { state in
      if state.told.contains(name) { return false }
      guard let known = state.entries[name] else { return true }
      return (y, x) < (known.y, known.x)
    }
  }

  /// What was noted since the last call; of the kinds in `once` nothing is noted any more.
  func take(once: Set<String>) -> [Loss] { takeEntries(once: once).map(\.loss) }

  private func takeEntries(once: Set<String>) -> [Entry] {
    state.withLock { state in
      let taken = state.entries.values.filter { !state.told.contains($0.loss.name) }
      state.told.formUnion(taken.map(\.loss.name).filter(once.contains))
      state.entries = [:]
      return taken.sorted { ($0.y, $0.x, $0.loss.name) < ($1.y, $1.x, $1.loss.name) }
    }
  }
}

extension Image {
  /// What edits have rounded, and reading has left out, since the last call: in this image and in the
  /// views of it. Each kind is told by its first place; bits beside those of the samples are told once.
  public func takeLosses() -> [Loss] { losses.take(once: [Image.strayBits]) }

  fileprivate static let strayBits = "unused bits"

  /// Notes stored words with bits beside those of their samples, which are masked.
  func noteStrayBits(
    _ codec: RowCodec, count: Int, from stored: RawSpan, startBit: Int, x: Int, y: Int
  ) {
    let y = losses.row(y)
    guard losses.wants(Image.strayBits, x: x, y: y),
      let found = codec.firstStray(count: count, from: stored, startBit: startBit)
    else { return }
    let digits = String(found.word, radix: 16)
    let width = found.field.storedBitCount / 4
    let x = x + found.pixel * codec.plainStep
    let text =
      "pixel \(x),\(y) is stored as "
      + "0x\(String(repeating: "0", count: max(0, width - digits.count)))\(digits): "
      + "bits \(found.field.strayWords) are set, and masked"
    losses.add(Loss(Image.strayBits, description: text), x: x, y: y)
  }

  /// Notes the first sample of packed rows that is not the one that was to be stored.
  func noteRounding(
    _ rectangle: Rectangle, _ plan: Transport.Plan, plain: RawSpan, packed: RawSpan,
    scratch: inout Scratch
  ) throws(ViewError) {
    for part in plan.parts {
      for index in 0..<part.height {
        let row = part.row(index)
        let y = rectangle.y + row
        guard losses.wants("precision", x: rectangle.x, y: y) else { break }
        let found = try part.codec.firstRounded(
          count: part.width, plain: plain.slice(part.plainRange(row, of: rectangle, storedFormat)),
          packed: packed, startBit: part.startBit(index), scratch: &scratch)
        guard let found else { continue }
        let x = rectangle.x + part.x + found.pixel * part.codec.plainStep
        losses.add(
          .precision(
            x: x, y: y, band: mode.bands[found.band], value: found.value, stored: found.stored,
            type: format.type),
          x: x, y: y)
        break
      }
    }
  }
}

extension Image {
  /// Notes the first sample of plain rows that a conversion rounds: a whole number that 32-bit floats do
  /// not have, a fraction on the way to integers, colors of 16 bits on the way to 8.
  func noteRounding(by stage: Stage, _ rectangle: Rectangle, _ plain: RawSpan) {
    guard case .convert(let conversion) = stage, conversion.rounds else { return }
    let ends = [rectangle.y, rectangle.y + rectangle.height - 1].map(losses.row)
    let first = min(ends[0], ends[1])
    guard losses.wants("precision", x: rectangle.x, y: first) else { return }
    if conversion.narrows {
      return losses.add(.precision(bits: 8), x: rectangle.x, y: first)
    }
    let found = conversion.firstRounded(count: rectangle.width * rectangle.height, from: plain)
    guard let found else { return }
    let value = plain.values(at: found, format: conversion.source)[0]
    let isFloat = conversion.target.type.isFloat
    let x = rectangle.x + found % rectangle.width
    let y = losses.row(rectangle.y + found / rectangle.width)
    losses.add(
      .precision(
        x: x, y: y, band: conversion.source.mode.bands[0], value: value,
        stored: isFloat ? Double(Float(value)) : value.rounded(.towardZero),
        type: isFloat ? .f64 : conversion.source.type, verb: "converted to"),
      x: x, y: y)
  }
}

extension SampleField {
  /// Whether samples of a type may be stored as others.
  func rounds(_ type: SampleType) -> Bool {
    let isNarrow = bitCount < type.bitCount
    switch (number, scaling) {
    case (.float, _): return isNarrow && type.isFloat
    case (_, .fullRange): return isNarrow && !isConstant
    default: return false
    }
  }

  /// The bits of the field's word that are not the sample's.
  var strayMask: UInt64 {
    guard case .word(let byteCount, _) = storage, bitCount < byteCount.inBits else { return 0 }
    let word: UInt64 = byteCount == 8 ? .max : (1 << UInt64(byteCount.inBits)) - 1
    return word & ~(mask << UInt64(shift))
  }

  fileprivate var strayWords: String {
    let ordinals = [8: "eighth", 9: "ninth", 10: "tenth", 12: "twelfth", 14: "fourteenth"]
    if shift == 0 { return "above the \(ordinals[bitCount] ?? "lowest \(bitCount)")" }
    return shift + bitCount == storedBitCount
      ? "below the highest \(bitCount)" : "beside the \(bitCount) of the sample"
  }
}

extension Layout {
  /// The fewest bits of a sample that may be stored as another one; `nil` where each is stored exactly.
  package func roundedBitCount(_ format: PixelFormat) -> Int? {
    guard format.mode != .bilevel else { return nil }
    return fields.filter { $0.rounds(format.type) }.map(\.bitCount).min()
  }

  /// Whether a word holds one sample and bits that are none of it.
  var hasStrayBits: Bool { fields.indices.contains { isStray($0) } }

  private func isStray(_ index: Int) -> Bool {
    let field = fields[index]
    // What several samples share a word with has a name of its own, such as X.
    return field.strayMask != 0
      && !fields.indices.contains { $0 != index && fields[$0].bitOffset == field.bitOffset }
  }
}
