import CShims
import Glibc

extension Syscalls {
  /// Reads up to `bytes.byteCount` bytes from the file offset on; 0 at the end (`read(2)`).
  package static func read(
    _ descriptor: Int32, into bytes: inout MutableRawSpan
  ) throws(SystemError) -> Int {
    try retrying("read") {
      unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      }
    }
  }

  /// Reads up to `bytes.byteCount` bytes from `offset` on; 0 at the end (`pread(2)`).
  package static func read(
    _ descriptor: Int32, at offset: Int, into bytes: inout MutableRawSpan
  ) throws(SystemError) -> Int {
    try retrying("pread") {
      unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe pread(descriptor, buffer.baseAddress, buffer.count, offset)
      }
    }
  }

  /// Reads one line byte by byte, so that nothing after it is taken; without its end, and `nil` at
  /// the end of the file.
  package static func readLine(_ descriptor: Int32) throws(SystemError) -> String? {
    var line: [UInt8] = []
    var part: [UInt8] = [0]
    while true {
      let count: Int
      do {
        var span = part.mutableSpan
        var bytes = unsafe span.mutableBytes
        count = try read(descriptor, into: &bytes)
      }
      if count == 0 { return line.isEmpty ? nil : String(decoding: line, as: UTF8.self) }
      if part[0] == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
      line.append(part[0])
    }
  }

  /// Writes a part of `bytes` and tells how large it was (`write(2)`).
  package static func writeSome(
    _ descriptor: Int32, _ bytes: RawSpan
  ) throws(SystemError) -> Int {
    try retrying("write") {
      unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
      }
    }
  }

  /// Writes all of `bytes`, waiting when the descriptor is a full pipe that does not block.
  package static func write(_ descriptor: Int32, _ bytes: RawSpan) throws(SystemError) {
    var done = 0
    while done < bytes.byteCount {
      do throws(SystemError) {
        let count = try writeSome(descriptor, bytes.extracting(droppingFirst: done))
        if count == 0 { throw SystemError(call: "write", code: EIO) }
        done += count
      } catch {
        if error.code != EAGAIN { throw error }
        try waitUntilWritable(descriptor)
      }
    }
  }

  /// Writes all of `bytes` to a socket; an end that nobody reads any more is `EPIPE` and no signal
  /// (`send(2)`).
  static func send(_ socket: Int32, _ bytes: RawSpan) throws(SystemError) {
    var done = 0
    while done < bytes.byteCount {
      let rest = bytes.extracting(droppingFirst: done)
      done += try retrying("send") {
        unsafe rest.withUnsafeBytes { buffer in
          unsafe Glibc.send(socket, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
        }
      }
    }
  }

  /// Writes text, all of it; names of files in it as their bytes.
  package static func write(_ descriptor: Int32, _ text: String) throws(SystemError) {
    let bytes = FileName.bytes(text)
    try write(descriptor, unsafe bytes.span.bytes)
  }

  /// Writes all of `bytes` at `offset` (`pwrite(2)`).
  package static func write(
    _ descriptor: Int32, at offset: Int, _ bytes: RawSpan
  ) throws(SystemError) {
    var done = 0
    while done < bytes.byteCount {
      let rest = bytes.extracting(droppingFirst: done)
      let count = try retrying("pwrite") {
        unsafe rest.withUnsafeBytes { buffer in
          unsafe pwrite(descriptor, buffer.baseAddress, buffer.count, offset + done)
        }
      }
      if count == 0 { throw SystemError(call: "pwrite", code: EIO) }
      done += count
    }
  }

  /// Reads like `read`, waiting when the descriptor is an empty pipe that does not block.
  package static func readWaiting(
    _ descriptor: Int32, into bytes: inout MutableRawSpan
  ) throws(SystemError) -> Int {
    while true {
      do throws(SystemError) {
        return try read(descriptor, into: &bytes)
      } catch {
        if error.code != EAGAIN { throw error }
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        _ = try retrying("poll") { unsafe poll(&request, 1, -1) }
      }
    }
  }

  /// Waits a while for bytes in a pipe, socket or terminal, or for its end (`poll(2)`); false when
  /// there are none by then.
  package static func waitUntilReadable(
    _ descriptor: Int32, milliseconds: Int32
  ) throws(SystemError) -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return try retrying("poll") { unsafe poll(&request, 1, milliseconds) } > 0
  }

  /// Waits for room in a pipe, socket or terminal (`poll(2)`).
  package static func waitUntilWritable(_ descriptor: Int32) throws(SystemError) {
    var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    _ = try retrying("poll") { unsafe poll(&request, 1, -1) }
  }

  /// Copies inside the kernel between two files; 0 at the end of `source`
  /// (`copy_file_range(2)`). Moves the offset of `target`, not the one of `source`.
  package static func copyRange(
    from source: Int32, at offset: Int, to target: Int32, byteCount: Int
  ) throws(SystemError) -> Int {
    var position = offset
    return try retrying("copy_file_range") {
      unsafe imgtool_copy_file_range(source, &position, target, nil, byteCount)
    }
  }

  /// As ``copyRange(from:at:to:byteCount:)``, to a place of `target` and without moving its offset.
  package static func copyRange(
    from source: Int32, at offset: Int, to target: Int32, at targetOffset: Int, byteCount: Int
  ) throws(SystemError) -> Int {
    var (position, targetPosition) = (offset, targetOffset)
    return try retrying("copy_file_range") {
      unsafe imgtool_copy_file_range(source, &position, target, &targetPosition, byteCount)
    }
  }

  /// Copies inside the kernel from a file to any descriptor; 0 at the end (`sendfile(2)`).
  package static func sendFile(
    from source: Int32, at offset: Int, to target: Int32, byteCount: Int
  ) throws(SystemError) -> Int {
    var position = offset
    return try retrying("sendfile") { unsafe sendfile(target, source, &position, byteCount) }
  }

  /// The whole of a small file; `/proc` files, which have no size, as well.
  ///
  /// - Throws: `EFBIG` when the file is longer than `limit`.
  package static func contents(of path: String, limit: Int) throws(SystemError) -> [UInt8] {
    let file = try open(path, [.readOnly, .nonBlocking])
    return try contents(of: file.number, limit: limit)
  }

  /// What there is to read from an open file, from where its offset stands.
  ///
  /// - Throws: as for a path.
  package static func contents(of descriptor: Int32, limit: Int) throws(SystemError) -> [UInt8] {
    var contents: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 4096)
    while contents.count <= limit {
      var span = part.mutableSpan
      var bytes = unsafe span.mutableBytes
      let count = try readWaiting(descriptor, into: &bytes)
      if count == 0 { return contents }
      contents += part.prefix(count)
    }
    throw SystemError(call: "read", code: EFBIG)
  }
}
