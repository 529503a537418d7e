import PixelMemory

/// Lines of hashes and names, written and read as `sha256sum` does.
enum HashList {
  struct Entry: Equatable {
    var hash: String
    var name: String
  }

  /// The largest list that is read.
  private static let limit = 1 << 28

  /// `HASH  NAME`. A name that breaks lines is escaped, and the line marked with a backslash.
  static func line(hash: String, name: String) -> String {
    let (text, isEscaped) = escaped(name)
    return "\(isEscaped ? "\\" : "")\(hash)  \(text)"
  }

  static func escaped(_ name: String) -> (text: String, isEscaped: Bool) {
    var text = ""
    for scalar in name.unicodeScalars {
      switch scalar {
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return (text, text != name)
  }

  /// The lines of a file, or of standard input for `-`.
  ///
  /// - Throws: ``ToolError`` with the number of the first line that is none.
  static func read(_ path: String) throws(ToolError) -> [Entry] {
    let bytes: [UInt8]
    do throws(SystemError) {
      bytes =
        try path == "-"
        ? Syscalls.contents(of: 0, limit: limit) : Syscalls.contents(of: path, limit: limit)
    } catch {
      throw ToolError(
        "\(path): "
          + (error.code == Errno.fileTooBig
            ? "a list of hashes is expected, and this is more than \(limit) bytes" : error.message))
    }
    var entries: [Entry] = []
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, bytes) in lines.enumerated() {
      let line = FileName.text(bytes)
      if line.isEmpty || line.hasPrefix("#") { continue }
      guard let entry = entry(line) else {
        throw ToolError(
          "\(path): line \(index + 1) is \(Values.quoted(String(line.prefix(80)))); 64 hexadecimal "
            + "digits, two spaces and a name are expected")
      }
      entries.append(entry)
    }
    guard !entries.isEmpty else { throw ToolError("\(path): there is no hash in it to check") }
    return entries
  }

  /// Whether a word can be a hash at all. Digits of other scripts are more than a byte each.
  static func isHash(_ word: some StringProtocol) -> Bool {
    word.count == 64 && word.utf8.count == 64 && word.allSatisfy(\.isHexDigit)
  }

  static func entry(_ line: String) -> Entry? {
    var rest = Substring(line)
    let isEscaped = rest.first == "\\"
    if isEscaped { rest.removeFirst() }
    let hash = rest.prefix(64)
    let name = rest.dropFirst(66)
    guard isHash(hash), !name.isEmpty,
      rest.dropFirst(64).hasPrefix("  ") || rest.dropFirst(64).hasPrefix(" *")
    else { return nil }
    if !isEscaped { return Entry(hash: hash.lowercased(), name: String(name)) }
    guard let plain = unescaped(name) else { return nil }
    return Entry(hash: hash.lowercased(), name: plain)
  }

  private static func unescaped(_ text: Substring) -> String? {
    var name = ""
    var isAfterBackslash = false
    for scalar in text.unicodeScalars {
      switch (isAfterBackslash, scalar) {
      case (false, "\\"):
        isAfterBackslash = true
        continue
      case (false, _): name.unicodeScalars.append(scalar)
      case (true, "\\"): name += "\\"
      case (true, "n"): name += "\n"
      case (true, "r"): name += "\r"
      default: return nil
      }
      isAfterBackslash = false
    }
    return isAfterBackslash ? nil : name
  }
}
