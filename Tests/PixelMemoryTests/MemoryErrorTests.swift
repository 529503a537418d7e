import Glibc
import Testing

@testable import PixelMemory

/// Errors say what was found and what was expected, by themselves.
@Suite struct MemoryErrorTests {
  @Test(
    "An error is a sentence about its file",
    arguments: [
      (.system(call: "open", path: "a.raw", errno: ENOENT), "a.raw: No such file or directory"),
      (.system(call: "open", path: "", errno: ENOENT), "the name is empty; a path is expected"),
      (.system(call: "mmap", path: nil, errno: EPERM), "Operation not permitted (mmap)"),
      (
        .truncated(path: "a.raw", needed: 1, found: 0),
        "a.raw: the file was cut while in use: 1 byte was needed, it has 0 now"
      ),
      (
        .truncated(path: "a.raw", needed: 12, found: 9),
        "a.raw: the file was cut while in use: 12 bytes were needed, it has 9 now"
      ),
      (
        .deviceFault(path: "a.raw"),
        "a.raw: a page of the file could not be read or written: the device failed, or the file "
          + "was cut for a moment"
      ),
      (.empty(path: "a.raw"), "a.raw: the file is empty; at least one byte is expected"),
      (
        .notMappable(path: "a", kind: .directory),
        "a: a directory cannot be mapped; a regular file is expected"
      ),
      (
        .outOfBounds(offset: 9, byteCount: 1, available: 4),
        "1 byte at offset 9 lies outside of the buffer, which has 4"
      ),
      (.outOfMemory(byteCount: 12), "out of memory: cannot allocate 12 bytes"),
      (.readOnly(path: nil), "the buffer may be read but not written"),
      (.readOnly(path: "a.raw"), "a.raw: the file may be read but not written"),
      // Names are bytes, and an error is one line.
      (
        .empty(path: FileName.text([0x61, 0xFF, 0x0A])),
        "a\\xff\\n: the file is empty; at least one "
          + "byte is expected"
      ),
    ] as [(MemoryError, String)])
  func sentences(error: MemoryError, sentence: String) { #expect("\(error)" == sentence) }

  @Test(
    "The system's number is that of the call, or the one that fits",
    arguments: [
      (.system(call: "open", path: "a", errno: EMFILE), EMFILE),
      (.deviceFault(path: "a"), EIO), (.notMappable(path: "a", kind: .directory), EISDIR),
      (.notMappable(path: "a", kind: .fifo), ENODEV), (.outOfMemory(byteCount: 1), ENOMEM),
      (.truncated(path: "a", needed: 1, found: 0), nil), (.empty(path: "a"), nil),
      (.outOfBounds(offset: 0, byteCount: 1, available: 0), nil), (.readOnly(path: nil), nil),
    ] as [(MemoryError, Int32?)])
  func numbers(error: MemoryError, errno: Int32?) { #expect(error.errno == errno) }

  @Test("A file that is not there is an error that says so")
  func missing() {
    let error = #expect(throws: MemoryError.self) {
      _ = try Buffer(mapping: "nope", access: .readOnly)
    }
    #expect(error.map { "\($0)" } == "nope: No such file or directory")
  }

  @Test("A count below zero is memory that cannot be had", arguments: [-1, Int.min])
  func negative(count: Int) throws {
    #expect(throws: MemoryError.outOfMemory(byteCount: count)) {
      _ = try Buffer(allocating: count)
    }
    #expect(throws: MemoryError.outOfMemory(byteCount: count)) {
      _ = try Scratch(byteCount: count)
    }
    #expect(throws: MemoryError.outOfMemory(byteCount: count)) {
      var scratch = try Scratch(byteCount: 4)
      try scratch.ensure(byteCount: count)
    }
  }
}
