import Testing

@testable import PixelMemory

@Suite struct FileMapTests {
  @Test(
    "A line of the kernel's list is read as proc(5) has it",
    arguments: [
      (
        "7f0000001000-7f0000003000 rw-s 00002000 08:01 42                         /tmp/a b",
        true, 0x2000, 0x801, "/tmp/a b"
      ),
      ("00400000-00452000 r--p 00000000 fd:00 7 /tmp/x (deleted)", false, 0, 0xfd00, nil),
      ("00400000-00452000 r-xp 0001f000 00:100 7 /a\\012b", false, 0x1f000, 0x100000, "/a\nb"),
      ("00400000-00452000 r--s 00000000 00:01 7", true, 0, 1, nil),
    ] as [(String, Bool, Int, UInt64, String?)])
  func line(_ line: String, isShared: Bool, offset: Int, device: UInt64, path: String?) throws {
    let map = try #require(FileMap(line: Array(line.utf8)))
    #expect(map.isShared == isShared)
    #expect(map.offset == offset)
    #expect(map.identity.device == device)
    #expect(map.path == path)
  }

  @Test(
    "Memory without a file, and what is no line, is none",
    arguments: [
      "7f0000001000-7f0000003000 rw-p 00000000 00:00 0", "7ffd0000-7ffe0000 rw-p 0 00:00 0 [stack]",
      "", "a b c d e", "7f0000003000-7f0000001000 rw-s 0 08:01 42 /tmp/a",
      "ffffffffffffffffff-1 rw-s 0 08:01 42 /tmp/a",
    ])
  func none(_ line: String) { #expect(FileMap(line: Array(line.utf8)) == nil) }
}
