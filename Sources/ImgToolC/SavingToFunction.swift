// The names are C's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CImgTool
import ImageFiles
import PixelMemory
import PixelViews

// Formats write to a descriptor, which lets the kernel move bytes. For a function of the caller the
// descriptor is a pipe: a thread saves into it, and the caller's own thread empties it.

@c @implementation
public func imgtool_image_save_to(
  _ image: OpaquePointer?, _ write: imgtool_write?, _ context: UnsafeMutableRawPointer?,
  _ options: UnsafePointer<imgtool_save_options>?, _ saved: UnsafeMutablePointer<imgtool_saved>?
) -> Int32 {
  answering { () throws(Refusal) in
    let image = try unsafe ImageHandle.at(image).image
    let write = try unsafe required(write, "write")
    let choice = try unsafe SaveChoice(options)
    let save = try Save(image, as: try choice.format(for: nil), choice)
    let done = try throughPipe(save) { part in
      unsafe part.withUnsafeBytes { bytes in
        unsafe write(context, bytes.baseAddress!, bytes.count) == 0
      }
    }
    unsafe done.report(to: saved)
  }
}

/// An end of a pipe, closed when everybody has let go of it.
private final class PipeEnd: Sendable {
  let descriptor: FileDescriptor
  init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }

  static func pair() throws(SystemError) -> (reading: PipeEnd, writing: PipeEnd) {
    let pipe = try Syscalls.pipe()
    return (PipeEnd(try pipe.reading.duplicated()), PipeEnd(try pipe.writing.duplicated()))
  }
}

private func throughPipe(
  _ save: Save, _ take: (RawSpan) -> Bool
) throws(Refusal) -> Save {
  let outcome = Locked<Result<Save, FormatError>?>(nil)
  var scratch = try touching { () throws(MemoryError) in try Scratch(byteCount: 1 << 18) }
  let reading: PipeEnd
  do throws(SystemError) {
    let ends = try PipeEnd.pair()
    reading = ends.reading
    guard start(save, ends.writing, outcome) else {
      throw SystemError(call: "pthread_create", code: Errno.again)
    }
  } catch {
    throw Refusal(error)
  }
  let isTaken = try empty(reading.descriptor.number, with: &scratch, take)
  // The pipe ends when the thread has let go of it, which is after it has told the outcome.
  switch outcome.withLock({ $0 }) {
  case .success(let save) where isTaken: return save
  case .failure(let error): throw Refusal(error, name: save.formatName)
  default:
    throw Refusal("the function did not take all bytes; what it has is no file", .interrupted)
  }
}

private func start(
  _ save: Save, _ end: PipeEnd, _ outcome: Locked<Result<Save, FormatError>?>
) -> Bool {
  Syscalls.startDetachedThread {
    var save = save
    do throws(FormatError) {
      let target: SaveTarget
      do throws(OutputError) {
        target = try SaveTarget.resolve("/proc/self/fd/\(end.descriptor.number)")
      } catch { throw .output(error) }
      try save.run(to: target)
      outcome.withLock { $0 = .success(save) }
    } catch {
      outcome.withLock { $0 = .failure(error) }
    }
    withExtendedLifetime(end) {}
  }
}

/// Reads to the end; what comes after a refusal is read as well and dropped, since a pipe that
/// nobody reads would be a signal for the process.
private func empty(
  _ descriptor: Int32, with scratch: inout Scratch, _ take: (RawSpan) -> Bool
) throws(Refusal) -> Bool {
  var isTaken = true
  while true {
    let count: Int
    do throws(SystemError) {
      var bytes = scratch.mutableBytes
      count = try Syscalls.readWaiting(descriptor, into: &bytes)
    } catch { throw Refusal(error) }
    if count == 0 { return isTaken }
    if isTaken { isTaken = take(scratch.bytes.extracting(first: count)) }
  }
}
