// The names are C's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CImgTool
import ImageFiles
import PixelViews

@c @implementation
public func imgtool_image_metadata(
  _ image: OpaquePointer?, _ visit: imgtool_metadata_visit?, _ context: UnsafeMutableRawPointer?
) -> Int32 {
  answering { () throws(Refusal) in
    let image = try unsafe ImageHandle.at(image).image
    let visit = try unsafe required(visit, "visit")
    for (key, value) in image.metadata?.values ?? [] {
      let isDone: Bool
      switch value {
      case .text(let text):
        isDone = unsafe give(Array(text.utf8), key, IMGTOOL_TEXT, visit, context)
      case .bytes(let bytes): isDone = unsafe give(bytes, key, IMGTOOL_BYTES, visit, context)
      case .numbers(let numbers):
        isDone = unsafe give(numbers, key, IMGTOOL_NUMBERS, visit, context)
      }
      if isDone { return }
    }
  }
}

/// Shows one item; the answer is whether the caller has seen enough.
private func give<Element: BitwiseCopyable>(
  _ values: [Element], _ key: String, _ kind: Int, _ visit: imgtool_metadata_visit,
  _ context: UnsafeMutableRawPointer?
) -> Bool {
  unsafe values.withUnsafeBytes { bytes in
    unsafe key.withCString { key in
      unsafe visit(context, key, Int32(kind), bytes.baseAddress, bytes.count) != 0
    }
  }
}

extension Metadata {
  fileprivate enum Value {
    case text(String)
    case bytes([UInt8])
    case numbers([Double])
  }

  /// What there is, under Pillow's keys.
  fileprivate var values: [(key: String, value: Value)] {
    var values: [(key: String, value: Value)] = []
    if let profile = profile?.plain { values.append(("icc_profile", .bytes(profile))) }
    if let exif = chunk("eXIf") {
      // As it stands in JPEG, where Pillow has its form from.
      values.append(("exif", .bytes(Array("Exif\0\0".utf8) + exif.bytes)))
    }
    if let density {
      values.append(
        (
          density.unit == .none ? "aspect" : "dpi",
          .numbers([density.perInch.x, density.perInch.y])
        ))
    }
    if let gamma { values.append(("gamma", .numbers([gamma]))) }
    if let intent { values.append(("srgb", .numbers([Double(intent)]))) }
    if let chromaticities { values.append(("chromaticity", .numbers(chromaticities))) }
    for chunk in chunks {
      if let key = chunk.keyword, let text = chunk.value { values.append((key, .text(text))) }
    }
    return values
  }
}
