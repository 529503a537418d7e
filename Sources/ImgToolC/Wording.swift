import ImageFiles
import PixelMemory
import PixelViews

/// The words for each floor's errors, for programmers: what was found and what was expected.
extension Refusal {
  init(_ error: MemoryError) { self.init(Self.words(for: error), Cause(error)) }
  init(_ error: ViewError) { self.init(Self.words(for: error), Cause(error)) }
  init(_ error: FormatError, name: String) {
    self.init(Self.words(for: error, name: name), Cause(error))
  }
  init(_ error: SystemError) { self.init("\(error.message) (\(error.call))", Cause(error)) }

  private static func words(for error: MemoryError) -> String {
    switch error {
    case .system(let call, let path, let code):
      "\(path.map { "\($0): " } ?? "")\(Syscalls.message(for: code)) (\(call))"
    case .truncated(let path, let needed, let found):
      "\(path): the file was cut while in use: \(needed) bytes were needed, it has \(found) now"
    case .deviceFault(let path):
      "\(path): the device failed to deliver or take a page of the file"
    case .lost(let offset):
      "the memory at byte \(offset), or behind it, maps a file that was cut while in use, or whose "
        + "device failed"
    case .empty(let path): "\(path): the file is empty; at least one byte is expected"
    case .notMappable(let path, let kind):
      "\(path): a \(kind.rawValue) cannot be mapped; a regular file is expected"
    case .outOfBounds(let offset, let byteCount, let available):
      "\(byteCount) bytes at offset \(offset) lie outside of the \(available) that are there"
    case .outOfMemory(let byteCount):
      "out of memory: \(byteCount) bytes could not be had"
    case .readOnly(let path):
      "\(path ?? "the buffer"): it may be read but not written"
    case .interrupted: "interrupted: the caller said that the call should stop"
    }
  }

  private static func words(for error: ViewError) -> String {
    switch error {
    case .memory(let error): words(for: error)
    case .overflow(let width, let height, let stride):
      "\(width)x\(height) with a stride of \(stride) needs more bytes than 64 bits can count"
    case .tooShort(let short):
      "\(short.width)x\(short.height) pixels from offset \(short.offset) with a stride of "
        + "\(short.stride) reach byte \(short.needed); \(short.available) bytes are there"
    case .invalid(let fault): "the layout is invalid: \(fault)"
    case .strideTooSmall(let stride, let rowByteCount):
      "the stride is \(stride); at least \(rowByteCount) is expected, the bytes of a row"
    case .emptySize(let width, let height):
      "the size is \(width)x\(height); at least 1x1 is expected"
    case .outside(let area, let width, let height):
      "\(area.width)x\(area.height)+\(area.x)+\(area.y) is outside of the image, which is "
        + "\(width)x\(height)"
    case .sampleOutOfRange(let value, let band, let low, let high):
      "\(Refusal.text(value)) is no sample of band \(band), which holds "
        + (band == "1" ? "0 or 255" : "\(Refusal.text(low)) to \(Refusal.text(high))")
    case .notRepresentable(let x, let y):
      "the number at \(x),\(y) has more than 53 bits and cannot be shown exactly"
    case .readOnly(.buffer): "the image is read-only: its bytes may only be read"
    case .readOnly(.derived):
      "the image is read-only: its pixels are computed from others; edit a copy"
    case .readOnly(.layout):
      "the image is read-only: its samples share bytes or have none; edit a copy"
    case .unsupported(let operation, let mode):
      "\(operation) has no meaning in mode \(mode.name)"
    case .noConversion(let from, let to):
      "there is no conversion from \(from.mode.name) to \(to.name)"
    case .paletteMissing(let mode): "mode \(mode.name) needs a palette"
    }
  }

  private static func words(for error: FormatError, name: String) -> String {
    switch error {
    case .malformed(let format, let offset, let found, let expected):
      "\(name): damaged \(format) file: at byte \(offset) there is \(found), expected \(expected)"
    case .unsupported(let format, let feature):
      "\(name): \(format) with \(feature) is not known to this build"
    case .tooLarge(let format, let found, let limit):
      "\(name): \(format): \(found) is beyond the limit of \(limit)"
    case .cannotHold(let format, let pixels):
      "\(name): \(format) cannot hold mode \(pixels.mode.name) with \(pixels.type.rawValue) "
        + "samples; convert it, or save as \(FileFormat.all.filter { $0.accepts(pixels) }.map(\.name).joined(separator: ", "))"
    case .cannotHoldValue(let format, let reason):
      "\(name): \(format) cannot hold these pixels: \(reason)"
    case .cannotStoreBits(let format, let found, let pixels, let allowed):
      "\(name): \(format) stores mode \(pixels.mode.name) with "
        + "\(allowed.map(String.init).joined(separator: ", ")) bits a sample, not \(found)"
    case .cannotStoreAs(let rawmode, let pixels):
      "\(name): rawmode \(rawmode.name) cannot store mode \(pixels.mode.name) with "
        + "\(pixels.type.rawValue) samples"
    case .noFrame(let format, let frame, let count):
      "\(name): there is no frame \(frame); this \(format) file has \(count)"
    case .unknownFormat(let known):
      "\(name): the first bytes are of no format that describes itself "
        + "(\(known.joined(separator: ", ")))"
    case .foreign(let kind, let advice):
      "\(name): this is \(kind), which is not read here; \(advice)"
    case .unreachable(let reason):
      "\(name): \(reason), so edits cannot reach the file; open it copy-on-write"
    case .png(let error): "\(name): \(error.words)"
    case .memory(let error): words(for: error)
    case .view(let error): "\(name): \(words(for: error))"
    case .output(let error): words(for: error)
    }
  }

  private static func words(for error: OutputError) -> String {
    switch error {
    case .system(let call, let path, let code):
      "\(path): \(Syscalls.message(for: code)) (\(call))"
    case .memory(let error): words(for: error)
    case .noDirectory(let path): "\(path): no such directory; nothing was written"
    case .directoryNotWritable(let path, let code):
      "\(path): the directory takes no new file: \(Syscalls.message(for: code))"
    case .fileNotWritable(let path, let code):
      "\(path): the file is protected: \(Syscalls.message(for: code))"
    case .isDirectory(let path): "\(path): is a directory; a file name is expected"
    case .outOfSpace(let path, let needed):
      "\(path): no space left on the device\(needed.map { " for \($0) bytes" } ?? "")"
    case .tooLarge(let path, let byteCount):
      "\(path): \(byteCount) bytes are more than the limit on file sizes"
    case .mapped(let path):
      "\(path): this file is mapped; replaces_mapped lets the new file take its name, the image "
        + "keeps the old bytes"
    case .refused: "the function did not take all bytes; what it has is no file"
    }
  }

  /// A number without a fraction that says nothing.
  static func text(_ number: Double) -> String {
    Int(exactly: number).map { "\($0)" } ?? "\(number)"
  }
}
