import ImageFiles
import PixelMemory
import PixelViews

extension Metadata {
  /// The metadata for people, a line each.
  var lines: [String] {
    var lines: [String] = []
    if let profile {
      let facts = [profile.space, profile.plain.map { $0.count.bytes } ?? "damaged"]
      let words = facts.compactMap { $0 }.joined(separator: ", ")
      lines.append("profile: \(profile.description.withoutControls()) (\(words))")
    }
    if let density { lines.append("density: \(density.text)") }
    if let gamma { lines.append("gamma: \(gamma.plainText)") }
    if let intent { lines.append("color space: sRGB, intent \(intent)") }
    if let chromaticities {
      lines.append("chromaticities: \(chromaticities.map(\.plainText).joined(separator: " "))")
    }
    if let background {
      lines.append("background: \(background.samples.map(String.init).joined(separator: ","))")
    }
    if !significantBits.isEmpty {
      lines.append("significant bits: \(significantBits.map(String.init).joined(separator: ","))")
    }
    if let time = chunk("tIME")?.timeText { lines.append("changed: \(time)") }
    if let exif = chunk("eXIf") { lines.append("exif: \(exif.bytes.count.bytes)") }
    for chunk in texts {
      lines.append("text \(chunk.keyword ?? ""): \(chunk.shortValue)".withoutControls())
    }
    if !others.isEmpty { lines.append("also: \(others.joined(separator: ", "))") }
    if !losses.isEmpty { lines.append("not kept: \(losses.joined(separator: ", "))") }
    return lines
  }

  /// The metadata for programs; `null` where they are none of what is listed here.
  var json: JSON {
    let record = JSON.record([
      "profile": profile.map { profile in
        .record([
          "description": .string(profile.description),
          "space": profile.space.map(JSON.string) ?? .null,
          "byteCount": profile.plain.map { .integer($0.count) } ?? .null,
        ])
      } ?? .null,
      "density": density.map { density in
        .record([
          "x": .number(density.x.value), "y": .number(density.y.value),
          "unit": .string(density.unit.rawValue),
        ])
      } ?? .null,
      "gamma": gamma.map(JSON.number) ?? .null,
      "intent": intent.map(JSON.integer) ?? .null,
      "chromaticities": chromaticities.map { .array($0.map(JSON.number)) } ?? .null,
      "background": background.map { .array($0.samples.map(JSON.integer)) } ?? .null,
      "significantBits": significantBits.isEmpty
        ? .null : .array(significantBits.map { .integer(Int($0)) }),
      "changed": chunk("tIME")?.timeText.map(JSON.string) ?? .null,
      "exifByteCount": chunk("eXIf").map { .integer($0.bytes.count) } ?? .null,
      "texts": texts.isEmpty
        ? .null
        : .array(
          texts.map { chunk in
            .record([
              "key": .string(chunk.keyword ?? ""),
              "value": chunk.value.map(JSON.string) ?? .null,
            ])
          }),
      "others": others.isEmpty ? .null : .array(others.map(JSON.string)),
      "notKept": losses.isEmpty ? .null : .array(losses.map(JSON.string)),
    ])
    return record == .object([]) ? .null : record
  }

  private var texts: [Chunk] { chunks.filter { $0.keyword != nil } }

  private static let told = ["gAMA", "sRGB", "cHRM", "tIME", "eXIf"]

  /// What is kept, and has no line of its own.
  private var others: [String] {
    chunks.filter { $0.keyword == nil && !Metadata.told.contains($0.name) }.map(\.summary)
  }
}

extension Metadata.Background {
  fileprivate var samples: [Int] { [Int(red), Int(green), Int(blue)] }
}

extension Metadata.Chunk {
  /// The value of a text, up to a line's length.
  fileprivate var shortValue: String {
    guard let value else { return "(damaged)" }
    let limit = 60
    return value.count <= limit ? value : "\(value.prefix(limit))… (\(value.utf8.count.bytes))"
  }
}
