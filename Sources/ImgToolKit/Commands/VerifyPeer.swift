import PixelMemory

/// The other side of `verify`: a second process that opens the file on its own and changes and reads
/// bytes of it, as a foreign program would.
///
/// It reads one command a line, `write OFFSET HEX` or `read OFFSET COUNT`, and answers each with a
/// line: the bytes that stand there now, in hexadecimal, or `error …`.
enum VerifyPeer {
  /// The hidden word that makes this program the peer.
  static let word = "__verify-peer"

  /// Serves until standard input ends.
  static func run(_ arguments: [String]) throws(ToolError) -> ExitStatus {
    guard arguments.count == 2 else { throw ToolError("\(word) needs a path") }
    do throws(SystemError) {
      let file = try Syscalls.open(arguments[1], .readWrite)
      while let line = try Syscalls.readLine(0) {
        let words = line.split(separator: " ").map(String.init)
        guard words.count == 3, let offset = Int(words[1]) else {
          try Syscalls.write(1, "error \(line)\n")
          continue
        }
        if words[0] == "write", let bytes = try? Values.hexBytes(words[2], "HEX") {
          let written = bytes
          try Syscalls.write(file.number, at: offset, unsafe written.span.bytes)
          try Syscalls.write(1, words[2] + "\n")
        } else if words[0] == "read", let count = Int(words[2]), 1...65536 ~= count {
          var bytes = [UInt8](repeating: 0, count: count)
          var got = 0
          do {
            var span = bytes.mutableSpan
            var target = unsafe span.mutableBytes
            got = try Syscalls.read(file.number, at: offset, into: &target)
          }
          try Syscalls.write(1, hex(Array(bytes[..<got])) + "\n")
        } else {
          try Syscalls.write(1, "error \(line)\n")
        }
      }
    } catch { throw ToolError("\(arguments[1]): \(error.message) (\(error.call))") }
    return .done
  }

  /// Two hexadecimal digits a byte.
  static func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef")
    return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }
}

/// This side of the conversation.
struct Peer: ~Copyable {
  private var process: ChildProcess

  var processID: Int32 { process.processID }

  init(_ path: String) throws(ToolError) {
    do throws(SystemError) {
      process = try ChildProcess("/proc/self/exe", arguments: [VerifyPeer.word, path])
    } catch { throw ToolError("the second process could not be started: \(error.message)") }
  }

  /// Lets the other process write bytes.
  func write(_ bytes: [UInt8], at offset: Int) throws(ToolError) {
    let answer = try ask("write \(offset) \(VerifyPeer.hex(bytes))")
    guard answer == VerifyPeer.hex(bytes) else {
      throw ToolError("the second process could not write: \(answer)")
    }
  }

  /// The bytes that the other process reads.
  func read(_ count: Int, at offset: Int) throws(ToolError) -> [UInt8] {
    let answer = try ask("read \(offset) \(count)")
    guard !answer.hasPrefix("error") else {
      throw ToolError("the second process could not read: \(answer)")
    }
    return answer.isEmpty ? [] : try Values.hexBytes(answer, "the second process's answer")
  }

  private func ask(_ line: String) throws(ToolError) -> String {
    do throws(SystemError) {
      let bytes = Array((line + "\n").utf8)
      try process.write(unsafe bytes.span.bytes)
      guard let answer = try process.readLine() else {
        throw SystemError(call: "read", code: Errno.brokenPipe)
      }
      return answer
    } catch {
      throw ToolError(
        error.code == Errno.brokenPipe
          ? "the second process ended before the proof was complete"
          : "the second process: \(error.message)")
    }
  }
}
