import PixelViews

extension MetadataPlaces {
  /// Segments of JPEG.
  static let jpeg = MetadataPlaces(
    holdsProfile: true, holdsDensity: true, holdsPixelShape: true,
    canHold: { $0.jfifNumbers != nil }, repeatsTexts: true,
    holds: { JPEG.segment($0) != nil })
}

extension JPEG {
  /// The segments of what an image's file said beside the pixels, in the order of other programs.
  static func segments(_ metadata: Metadata) -> [Segment] {
    let exif = metadata.chunks.filter { $0.name == "eXIf" }
    let others = metadata.chunks.filter { $0.name != "eXIf" }
    return exif.compactMap(segment) + segments(ofProfile: metadata.profile?.plain ?? [])
      + others.compactMap(segment)
  }

  /// The parts of a color profile.
  private static func segments(ofProfile bytes: [UInt8]) -> [Segment] {
    let partByteCount = Segment.byteLimit - profile.utf8.count - 2
    let parts = stride(from: 0, to: bytes.count, by: partByteCount).map {
      bytes[$0..<min($0 + partByteCount, bytes.count)]
    }
    return parts.enumerated().map { index, part in
      let place = [UInt8(index + 1), UInt8(parts.count)]
      return Segment(marker: application(2), bytes: Array(profile.utf8) + place + part)
    }
  }

  /// The segment for a chunk of PNG; `nil` where there is none.
  static func segment(_ chunk: Metadata.Chunk) -> Segment? {
    let segment: Segment
    if chunk.name == "eXIf" {
      segment = Segment(marker: application(1), bytes: Array(exif.utf8) + chunk.bytes)
    } else if let key = chunk.keyword, let value = chunk.value, !value.isEmpty {
      switch key {
      case Metadata.xmpKey:
        segment = Segment(marker: application(1), bytes: Array(xmp.utf8) + Array(value.utf8))
      case commentKey where !value.utf8.contains(0):
        segment = Segment(marker: comment, bytes: Array(value.utf8))
      default: return nil
      }
    } else {
      return nil
    }
    return segment.bytes.count <= Segment.byteLimit ? segment : nil
  }
}

extension Metadata.Density {
  /// Whole numbers of 16 bits as JFIF has them, a thousandth off at most; `nil` where there are none.
  var jfifNumbers: (unit: UInt8, x: UInt16, y: UInt16)? {
    let choices: [(unit: UInt8, x: Double, y: Double)] =
      if unit == .none {
        [(0, x.value, y.value)]
      } else {
        [(1, perInch.x, perInch.y), (2, perMillimeter.x * 10, perMillimeter.y * 10)]
      }
    let found = choices.compactMap { choice -> (error: Double, numbers: (UInt8, UInt16, UInt16))? in
      guard 1...65535 ~= choice.x.rounded(), 1...65535 ~= choice.y.rounded() else { return nil }
      let error = [choice.x, choice.y].map { abs($0 - $0.rounded()) / $0 }.max() ?? 0
      guard error <= (choice.unit == 0 ? 0 : 0.001) else { return nil }
      return (error, (choice.unit, UInt16(choice.x.rounded()), UInt16(choice.y.rounded())))
    }
    return found.min { $0.error < $1.error }?.numbers
  }
}
