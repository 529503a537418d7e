import PixelMemory

extension KeptBytes {
  private static let mostBytes = 1 << 22

  /// Puts back what an earlier process has left when it was killed, unless somebody has written to the
  /// file since.
  func recover(_ console: Console) throws(ToolError) {
    guard let text = try leftBytes() else { return }
    let title = Array((KeptBytes.title + "\n").utf8)
    guard text.starts(with: title) || title.starts(with: text) else {
      throw strange("is not its own")
    }
    // A line without its end was not complete when the process was, and so nothing came after it.
    let whole = text[..<((text.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1)]
    let lines = String(decoding: whole, as: UTF8.self).split(separator: "\n")
    guard let end = lines.firstIndex(of: "end"), end > 1 else {
      do throws(SystemError) { try Syscalls.unlink(name, in: directoryNumber) } catch {
        throw ToolError(error, path: keeper)
      }
      console.note(
        "\(path): an earlier verify --in-place was killed before it changed anything; there was nothing "
          + "to be put back, and \(keeper) is removed")
      return
    }
    guard lines[1] == "file \(status.identity.inode) \(status.size)" else {
      throw ToolError(
        "\(keeper): these bytes belong to another file than \(path) is now, or of one of another length; "
          + "remove it if you do not need them")
    }
    defer { Undo.forget() }
    for line in lines[2..<end] {
      guard let piece = KeptBytes.piece(line) else {
        throw ToolError("\(keeper): \(Values.quoted(String(line))) is not an offset with its bytes")
      }
      try add(piece.bytes, at: piece.offset)
    }
    for line in lines[(end + 1)...] {
      guard let piece = KeptBytes.piece(line) else { break }
      do throws(MemoryError) { try Undo.expect(piece.bytes, at: piece.offset) } catch {
        throw ToolError(error)
      }
    }
    try putBackUnlessForeign(console)
  }

  private func putBackUnlessForeign(_ console: Console) throws(ToolError) {
    let changes: Undo.Changes
    do throws(SystemError) {
      changes = try Undo.changes(of: fileNumber)
      if changes.foreignOffset == nil {
        try Undo.arm(file: fileNumber, keeper: name, in: directoryNumber)
      }
    } catch { throw ToolError(error, path: path) }
    if let offset = changes.foreignOffset {
      throw ToolError(
        "\(path): an earlier verify --in-place was killed, and another program has written to the file "
          + "since (byte \(offset) is neither the old one nor that of verify), so the old bytes in "
          + "\(keeper) are not put back; remove that when the file is as it should be")
    }
    try putBack()
    console.note(
      "\(path): an earlier verify --in-place was killed; \(changes.byteCount.bytes) that it had changed "
        + "were put back from \(keeper)")
  }

  /// What an earlier process has left under the name, which is a file of ours and nothing that leads
  /// elsewhere; `nil` where there is none.
  private func leftBytes() throws(ToolError) -> [UInt8]? {
    let fault: String
    do throws(SystemError) {
      let file = try Syscalls.open(
        name, [.readOnly, .nonBlocking, .noFollow], in: directoryNumber)
      let found = try Syscalls.status(of: file.number)
      if found.kind != .regular {
        fault = "is a \(found.kind.rawValue)"
      } else if found.owner != Syscalls.effectiveUser {
        fault = "belongs to another user"
      } else if found.linkCount != 1 {
        fault = "has \(found.linkCount) names"
      } else {
        return try Syscalls.contents(of: file.number, limit: KeptBytes.mostBytes)
      }
    } catch {
      if error.code == Errno.noEntry { return nil }
      guard error.code == Errno.linkLoop else { throw ToolError(error, path: keeper) }
      fault = "is a symbolic link"
    }
    throw strange(fault)
  }

  private func strange(_ fault: String) -> ToolError {
    ToolError(
      "\(path): verify --in-place keeps bytes in \(keeper), and what has this name \(fault); remove it "
        + "or give it another name")
  }

  /// A line of an offset and the bytes there.
  private static func piece(_ line: Substring) -> (offset: Int, bytes: [UInt8])? {
    let words = line.split(separator: " ")
    guard words.count == 2, let offset = Int(words[0]), offset >= 0,
      let bytes = try? Values.hexBytes(String(words[1]), "a piece"),
      !offset.addingReportingOverflow(bytes.count).overflow
    else { return nil }
    return (offset, bytes)
  }
}
