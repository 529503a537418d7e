import CImgTool
import ImageFiles
import PixelMemory
import PixelViews

/// What refused, as `imgtool_last_cause` and `imgtool_last_errno` tell it.
enum Cause: Equatable {
  case value, outside, contents, readOnly, interrupted
  case system(errno: Int32)
  case memory(errno: Int32)

  var number: Int32 {
    let number =
      switch self {
      case .value: IMGTOOL_CAUSE_VALUE
      case .system: IMGTOOL_CAUSE_SYSTEM
      case .memory: IMGTOOL_CAUSE_MEMORY
      case .outside: IMGTOOL_CAUSE_OUTSIDE
      case .contents: IMGTOOL_CAUSE_CONTENTS
      case .readOnly: IMGTOOL_CAUSE_READ_ONLY
      case .interrupted: IMGTOOL_CAUSE_INTERRUPTED
      }
    return Int32(number)
  }

  /// What the system said; 0 where it was not asked.
  var errno: Int32 {
    switch self {
    case .system(let errno), .memory(let errno): errno
    case .value, .outside, .contents, .readOnly, .interrupted: 0
    }
  }

  /// A failed system call: memory that could not be had is told from other refusals.
  private init(errno: Int32) {
    self = errno == Errno.noMemory ? .memory(errno: errno) : .system(errno: errno)
  }

  init(_ error: SystemError) { self.init(errno: error.code) }

  init(_ error: MemoryError) {
    if let errno = error.errno {
      self.init(errno: errno)
    } else {
      self =
        switch error {
        case .truncated, .lost, .empty, .exhausted, .unmade: .contents
        case .outOfBounds: .outside
        case .readOnly: .readOnly
        case .interrupted: .interrupted
        case .system, .deviceFault, .notMappable, .outOfMemory: .value
        }
    }
  }

  init(_ error: ViewError) {
    switch error {
    case .memory(let error): self.init(error)
    case .outside, .noBand: self = .outside
    case .readOnly: self = .readOnly
    default: self = .value
    }
  }

  init(_ error: FormatError) {
    switch error {
    case .memory(let error), .output(.memory(let error)): self.init(error)
    case .view(let error): self.init(error)
    case .malformed, .damaged, .unsupported, .needsLibrary, .missingLibrary, .notAnImage, .noArray,
      .noDataFile, .unknownFormat, .foreign, .png(.library), .png(.truncated):
      self = .contents
    case .noFrame: self = .outside
    case .unreachable: self = .readOnly
    case .output(.refused): self = .interrupted
    default: if let errno = error.errno { self.init(errno: errno) } else { self = .value }
    }
  }
}
