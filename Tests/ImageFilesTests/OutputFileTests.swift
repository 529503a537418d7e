import Glibc
import PixelMemory
import Testing

@testable import ImageFiles

/// One save from beginning to end.
func save(
  _ bytes: [UInt8], to path: String, reserving: Int? = nil, durable: Bool = false,
  replacingMapped: Bool = false
) throws -> SavedFile {
  var file = try OutputFile(
    try SaveTarget.resolve(path), reserving: reserving ?? bytes.count,
    replacingMapped: replacingMapped)
  try file.write(unsafe bytes.span.bytes)
  return try file.commit(durable: durable)
}

@Suite struct OutputFileTests {
  let directory = TemporaryDirectory()

  @Test("A new file appears whole, with the mode of any new file", arguments: [false, true])
  func new(durable: Bool) throws {
    let saved = try save([1, 2, 3], to: directory.file("a"), durable: durable)
    #expect(try directory.contents("a") == [1, 2, 3])
    #expect(directory.names == ["a"])
    let status = try Syscalls.status(of: directory.file("a"))
    let other = try Syscalls.open(directory.file("b"), [.writeOnly, .create], mode: 0o666)
    #expect(try status.mode == Syscalls.status(of: other.number).mode)
    #expect(saved.identity == status.identity)
    #expect(saved.replaced == nil)
    #expect(saved.byteCount == 3)
    #expect(saved.bytesCopied == 3)
  }

  @Test("Nothing is seen before the commit, and nothing is left without one")
  func dropped() throws {
    try directory.write("a", [9])
    do {
      var file = try OutputFile(
        try SaveTarget.resolve(directory.file("a")), reserving: 1 << 20)
      try file.write(unsafe [UInt8](repeating: 1, count: 100).span.bytes)
      #expect(directory.names == ["a"])
      #expect(try directory.contents("a") == [9])
    }
    #expect(directory.names == ["a"])
    #expect(try directory.contents("a") == [9])
  }

  @Test("Reserved space that was not needed is given back, and more may be written")
  func reserved() throws {
    _ = try save([1, 2, 3], to: directory.file("less"), reserving: 1 << 20)
    #expect(try directory.contents("less") == [1, 2, 3])
    _ = try save([1, 2, 3], to: directory.file("more"), reserving: 1)
    #expect(try directory.contents("more") == [1, 2, 3])
    _ = try save([], to: directory.file("none"), reserving: 10)
    #expect(try directory.contents("none") == [])
  }

  /// Whether files in the directory of the tests have extended attributes of users.
  static let hasAttributes: Bool = {
    let directory = TemporaryDirectory()
    guard let path = try? directory.write("a", []) else { return false }
    return (try? note(path)) != nil
  }()

  private static func note(_ path: String) throws {
    let file = try Syscalls.open(path, .writeOnly)
    try Syscalls.setAttribute("user.note", of: file.number, to: Array("seen".utf8))
  }

  @Test(
    "A replaced file keeps its extended attributes",
    .enabled(if: hasAttributes, "files in /tmp have no extended attributes"))
  func attributes() throws {
    let path = try directory.write("a", [9])
    try Self.note(path)
    #expect(try save([1, 2], to: path).lostMetadata.isEmpty)
    #expect(try Syscalls.attribute("user.note", of: path) == Array("seen".utf8))
    #expect(try directory.contents("a") == [1, 2])
  }

  @Test("A replaced file keeps its mode, and the other name keeps the bytes")
  func replaced() throws {
    let path = try directory.write("a", [9], mode: 0o640)
    let attributes = try Syscalls.attributeNames(of: path)
    unsafe link(path, directory.file("other"))
    let before = try Syscalls.status(of: path)
    let saved = try save([1, 2], to: path)
    #expect(saved.replaced == before.identity)
    #expect(saved.brokeHardLink)
    #expect(saved.lostMetadata.isEmpty)
    #expect(try directory.contents("a") == [1, 2])
    #expect(try directory.contents("other") == [9])
    #expect(try Syscalls.status(of: path).mode == 0o640)
    #expect(try Syscalls.attributeNames(of: path) == attributes)
    #expect(!(try save([1], to: path).brokeHardLink))
  }

  @Test(
    "A replaced file keeps its owner and set-id bits",
    .enabled(if: geteuid() == 0, "only root can give a file away"))
  func owner() throws {
    let path = try directory.write("a", [9])
    unsafe chown(path, 12345, 23456)
    unsafe chmod(path, 0o6750)
    let saved = try save([1], to: path)
    let status = try Syscalls.status(of: path)
    #expect(status.owner == 12345)
    #expect(status.group == 23456)
    #expect(status.mode == 0o6750)
    #expect(saved.lostMetadata.isEmpty)
  }

  @Test("A link stays, and the file behind it is replaced; a link to nothing gets its file")
  func links() throws {
    try directory.write("file", [9])
    unsafe symlink("file", directory.file("link"))
    unsafe symlink("wanted", directory.file("dangling"))
    _ = try save([1], to: directory.file("link"))
    _ = try save([2], to: directory.file("dangling"))
    #expect(try directory.contents("file") == [1])
    #expect(try directory.contents("wanted") == [2])
    #expect(try Syscalls.readLink(directory.file("link")) == "file")
    #expect(try Syscalls.readLink(directory.file("dangling")) == "wanted")
    #expect(directory.names == ["dangling", "file", "link", "wanted"])
  }

  @Test("A name as long as names can be is saved, new and again")
  func longName() throws {
    let name = String(repeating: "n", count: 255)
    _ = try save([1], to: directory.file(name))
    _ = try save([2], to: directory.file(name))
    #expect(try directory.contents(name) == [2])
    #expect(directory.names == [name])
  }

  @Test("A file that appears during the save is replaced whole")
  func race() throws {
    var file = try OutputFile(try SaveTarget.resolve(directory.file("a")), reserving: nil)
    try file.write(unsafe [UInt8(1)].span.bytes)
    try directory.write("a", [9], mode: 0o604)
    let saved = try file.commit()
    #expect(saved.replaced != nil)
    #expect(try directory.contents("a") == [1])
    #expect(try Syscalls.status(of: directory.file("a")).mode == 0o604)
    #expect(directory.names == ["a"])
  }

  @Test("A file that disappears during the save is made again, with its mode")
  func disappeared() throws {
    let path = try directory.write("a", [9], mode: 0o604)
    var file = try OutputFile(try SaveTarget.resolve(path), reserving: nil)
    try file.write(unsafe [UInt8(1)].span.bytes)
    unsafe unlink(path)
    try file.commit()
    #expect(try Syscalls.status(of: path).mode == 0o604)
  }

  @Test("A mapped file is not replaced unasked, by none of its names")
  func mapped() throws {
    let path = try directory.write("a", [9])
    unsafe symlink("a", directory.file("soft"))
    unsafe link(path, directory.file("hard"))
    let buffer = try Buffer(mapping: path, access: .readOnly)
    for name in ["a", "soft", "hard"] {
      let named = directory.file(name)
      #expect(throws: OutputError.mapped(path: named, as: named == path ? nil : path)) {
        // Before anything is written.
        _ = try OutputFile(try SaveTarget.resolve(named), reserving: nil)
      }
    }
    let open = try Syscalls.open(path, .writeOnly)
    let through = "/dev/fd/\(open.number)"
    // Even asked: what is written through would change the mapped bytes.
    #expect(throws: OutputError.mappedStream(path: through, as: path)) {
      try save([1], to: through, replacingMapped: true)
    }
    #expect(try directory.contents("a") == [9])
    _ = try save([1], to: directory.file("soft"), replacingMapped: true)
    #expect(try directory.contents("a") == [1])
    #expect(try directory.contents("hard") == [9])
    try buffer.checkFault()
  }

  @Test("A file that is mapped during the save is seen at the commit")
  func mappedLate() throws {
    let path = try directory.write("a", [9])
    #expect(throws: OutputError.mapped(path: path)) {
      let file = try OutputFile(try SaveTarget.resolve(path), reserving: nil)
      let buffer = try Buffer(mapping: path, access: .readOnly)
      defer { #expect(buffer.byteCount == 1) }
      try file.commit()
    }
    #expect(try directory.contents("a") == [9])
  }
}
