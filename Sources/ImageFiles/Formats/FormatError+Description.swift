import PixelMemory
import PixelViews

extension FormatError: CustomStringConvertible, DescribedError {
  public var description: String { line }

  /// The system's number for what went wrong; `nil` where it was not the system that refused.
  public var errno: Int32? {
    switch self {
    case .memory(let error): error.errno
    case .view(let error): error.errno
    case .output(let error): error.errno
    case .png(.outOfMemory): Errno.noMemory
    default: nil
    }
  }

  package var subject: String? {
    switch self {
    case .memory(let error): error.subject
    case .view(let error): error.subject
    case .output(let error): error.subject
    case .unknownSuffix(let path, _): path
    default: nil
    }
  }

  package var finding: String {
    switch self {
    case .malformed(let format, let offset, let found, let expected):
      "damaged \(format) file: at byte \(offset): \(found), expected \(expected)"
    case .damaged(let format, let reason): "damaged \(format) file: \(reason)"
    case .unsupported(let format, let feature):
      FormatError.unsupported(format.uppercased(), feature)
    case .needsLibrary(let format, let feature, let library, let package):
      "\(format.uppercased()) with \(feature) is read by \(library), which this build lacks; "
        + "install \(package) and build again"
    case .missingLibrary(let format, let feature, let library, let package):
      "\(format.uppercased()) with \(feature) is read by \(library), which is not installed; "
        + "install \(package)"
    case .notAnImage(let format, let found, let expected):
      "\(format.uppercased()) \(found) is not an image: \(expected)"
    case .noArray(let format, let what, let name, let known):
      "there is no \(what) \"\(name)\"; this \(format) file has \(known ?? "none")"
    case .noDataFile(let format, let file, let reason):
      "the pixels of this \(format.uppercased()) header are in "
        + "\(file.map(FileName.readable) ?? "another file"), \(reason)"
    case .tooLarge(let format, let found, let limit):
      "\(format): \(found) is beyond the limit of \(limit)"
    case .cannotHold(let format, let pixels):
      "\(format) cannot hold mode \(pixels.words); save as "
        + FileFormat.holding(pixels, besides: format).joined(separator: ", ")
    case .cannotHoldValue(let format, let reason):
      "\(format) cannot hold these pixels: \(reason)"
    case .lossy(let losses): Loss.sentence(losses)
    case .cannotStoreBits(let format, let found, let pixels, let allowed):
      "\(format) stores mode \(pixels.mode.name) with \(FormatError.choice(allowed)) bits a sample, "
        + "not \(found)"
    case .cannotStoreAs(let rawmode, let pixels):
      "rawmode \(rawmode.name) \(FormatError.reason(rawmode, pixels)); \(pixels.words) is stored as "
        + "\(Rawmode.storing(pixels).prefix(4).map(\.name).joined(separator: ", ")) and others"
    case .noFormat(let name, let known):
      "\(name) is not a format; the formats are \(known.joined(separator: ", "))"
    case .unknownSuffix(_, let known):
      "the suffix is not that of a supported format; the suffixes are \(known.joined(separator: " "))"
    case .choiceOutOfRange(let name, let found, let allowed):
      "the \(name) is \(found); \(allowed.lowerBound) to \(allowed.upperBound) is expected"
    case .noFrame(let format, let frame, let count):
      "there is no frame \(frame); this \(format) file has \(count.asFrames)"
    case .unknownFormat:
      "the first bytes are not those of an image format that is read here"
    case .foreign(let kind, let advice): "this is \(kind), which is not read here; \(advice)"
    case .unreachable(let reason): "\(reason), so edits cannot reach the file"
    case .png(let error): error.description
    case .memory(let error): error.finding
    case .view(let error): error.finding
    case .output(let error): error.finding
    }
  }

  private static func unsupported(_ format: String, _ feature: String) -> String {
    let compression = " compression"
    return feature.hasSuffix(compression)
      ? "\(feature.dropLast(compression.count))-compressed \(format) is not supported"
      : "\(format) with \(feature) is not supported"
  }

  private static func choice(_ depths: [Int]) -> String {
    let names = depths.map(String.init)
    return [names.dropLast().joined(separator: ", "), names.last ?? ""].filter { !$0.isEmpty }
      .joined(separator: " or ")
  }

  private static func reason(_ rawmode: Rawmode, _ pixels: PixelFormat) -> String {
    if rawmode.isDerived { return "can only be read, as \(rawmode.mode.name)" }
    if !rawmode.isEditable {
      return "can only be read: \(rawmode.remark ?? "its bands share bytes")"
    }
    let bits =
      rawmode.type == pixels.type
      ? ("", "")
      : (
        " with \(rawmode.type.bitCount)-bit samples",
        " with \(pixels.type.bitCount)-bit ones"
      )
    return "stores \(rawmode.mode.name)\(bits.0), the image is \(pixels.mode.name)\(bits.1)"
  }
}

extension FileFormat {
  /// The formats that hold pixels, without one that has refused them.
  static func holding(_ pixels: PixelFormat, besides refused: String) -> [String] {
    all.filter { $0.accepts(pixels) && !$0.isLossy && $0.name != refused }.map(\.name)
  }
}

extension Rawmode {
  /// The rawmodes that pixels can be saved as.
  package static func storing(_ pixels: PixelFormat) -> [Rawmode] {
    all.filter { $0.mode == pixels.mode && $0.type == pixels.type && $0.isEditable }
  }
}
