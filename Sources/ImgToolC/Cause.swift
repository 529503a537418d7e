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
    switch error {
    case .system(_, _, let errno): self.init(errno: errno)
    case .truncated, .lost, .empty: self = .contents
    case .deviceFault: self = .system(errno: Errno.inputOutput)
    case .notMappable(_, .directory): self = .system(errno: Errno.isDirectory)
    case .notMappable: self = .system(errno: Errno.noDevice)
    case .outOfBounds: self = .outside
    case .outOfMemory: self = .memory(errno: Errno.noMemory)
    case .readOnly: self = .readOnly
    case .interrupted: self = .interrupted
    }
  }

  init(_ error: ViewError) {
    switch error {
    case .memory(let error): self.init(error)
    case .outside: self = .outside
    case .readOnly: self = .readOnly
    case .overflow, .tooShort, .invalid, .strideTooSmall, .emptySize, .sampleOutOfRange,
      .notRepresentable, .unsupported, .noConversion, .paletteMissing:
      self = .value
    }
  }

  init(_ error: FormatError) {
    switch error {
    case .malformed, .unsupported, .unknownFormat, .foreign: self = .contents
    case .noFrame: self = .outside
    case .unreachable: self = .readOnly
    case .tooLarge, .cannotHold, .cannotHoldValue, .cannotStoreBits, .cannotStoreAs: self = .value
    case .png(.outOfMemory): self = .memory(errno: Errno.noMemory)
    case .png(.library), .png(.truncated): self = .contents
    case .png: self = .value
    case .memory(let error): self.init(error)
    case .view(let error): self.init(error)
    case .output(let error): self.init(error)
    }
  }

  init(_ error: OutputError) {
    switch error {
    case .system(_, _, let errno), .directoryNotWritable(_, let errno),
      .fileNotWritable(_, let errno):
      self.init(errno: errno)
    case .memory(let error): self.init(error)
    case .noDirectory: self = .system(errno: Errno.noEntry)
    case .isDirectory: self = .system(errno: Errno.isDirectory)
    case .outOfSpace: self = .system(errno: Errno.noSpace)
    case .tooLarge: self = .system(errno: Errno.fileTooBig)
    case .mapped: self = .value
    case .refused: self = .interrupted
    }
  }
}
