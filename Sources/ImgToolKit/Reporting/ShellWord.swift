import PixelMemory

/// Words of commands that the user may paste into a shell.
enum ShellWord {
  /// A word for a shell; for bash, ksh and zsh if there are bytes in it that are not UTF-8.
  static func quoted(_ word: String) -> String {
    if FileName.hasEscapes(word) {
      let bytes = FileName.bytes(word).map { byte in
        (0x20..<0x7F).contains(byte) && byte != UInt8(ascii: "'") && byte != UInt8(ascii: "\\")
          ? String(UnicodeScalar(byte))
          : "\\" + String(repeating: "0", count: byte < 8 ? 2 : byte < 64 ? 1 : 0)
            + String(byte, radix: 8)
      }
      return "$'" + bytes.joined() + "'"
    }
    return isPlain(word)
      ? word
      : "'"
        + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
        + "'"
  }

  /// The name of a file for a shell; `-` stays standard input or output.
  static func file(_ name: String) -> String { name == "-" ? name : quoted(operand(name)) }

  /// A path that commands do not take for an option.
  static func operand(_ path: String) -> String { path.hasPrefix("-") ? "./" + path : path }

  /// Whether a shell takes the word as it is.
  static func isPlain(_ word: String) -> Bool {
    !word.isEmpty
      && word.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "/"),
          UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: ","),
          UInt8(ascii: ":"):
          true
        default: false
        }
      }
  }
}
