import Glibc
import PixelMemory
import Testing

@testable import ImageFiles

@Suite struct SaveTargetTests {
  let directory = TemporaryDirectory()

  @Test("A name that nothing has is new, in its directory")
  func new() throws {
    let target = try SaveTarget.resolve(directory.file("a.png"))
    #expect(target.kind == .new)
    #expect(target.directory == directory.path)
    #expect(target.name == "a.png")
    #expect(target.identity == nil)
  }

  @Test("A link stands for the file that it leads to, over several steps")
  func links() throws {
    try directory.write("file", [1])
    unsafe mkdir(directory.file("sub"), 0o755)
    unsafe symlink("file", directory.file("near"))
    unsafe symlink("../near", directory.file("sub/far"))
    let direct = try SaveTarget.resolve(directory.file("file"))
    let target = try SaveTarget.resolve(directory.file("sub/far"))
    #expect(target.name == "file")
    #expect(target.kind == direct.kind)
    #expect(target.identity == (try Syscalls.status(of: directory.file("file")).identity))
  }

  @Test("A link to nothing stands for the file that it wants")
  func dangling() throws {
    unsafe symlink("wanted", directory.file("link"))
    unsafe symlink(directory.file("else"), directory.file("absolute"))
    #expect(try SaveTarget.resolve(directory.file("link")).name == "wanted")
    #expect(try SaveTarget.resolve(directory.file("absolute")).name == "else")
  }

  @Test("Links in a circle, a missing directory and a directory are refused")
  func refused() throws {
    unsafe symlink("b", directory.file("a"))
    unsafe symlink("a", directory.file("b"))
    try directory.write("file", [1])
    unsafe symlink(".", directory.file("here"))
    let loop = directory.file("a")
    let long = directory.file(String(repeating: "n", count: 256))
    let table: [(String, OutputError)] = [
      (loop, .system(call: "open", path: loop, errno: ELOOP)),
      (directory.file("no/x"), .noDirectory(path: directory.file("no"))),
      (directory.file("file/x"), .noDirectory(path: directory.file("file"))),
      (directory.path, .isDirectory(path: directory.path)),
      (directory.file("here"), .isDirectory(path: directory.file("here"))),
      (directory.path + "/", .isDirectory(path: directory.path + "/")),
      (directory.file("no/"), .noDirectory(path: directory.file("no/"))),
      (directory.file(".."), .isDirectory(path: directory.file(".."))),
      (long, .system(call: "stat", path: long, errno: ENAMETOOLONG)),
      ("", .noDirectory(path: "")),
      ("/dev/fd/999", .system(call: "fstat", path: "/dev/fd/999", errno: EBADF)),
    ]
    for (path, error) in table {
      #expect(throws: error, "\(path)") { try SaveTarget.resolve(path) }
    }
  }

  @Test("An open descriptor is written through, by whatever name, also when it is a file")
  func descriptors() throws {
    let path = try directory.write("file", [1])
    let file = try Syscalls.open(path, .writeOnly)
    let number = file.number
    unsafe symlink("/dev/fd/\(number)", directory.file("link"))
    let names = [
      "/dev/fd/\(number)", "/proc/self/fd/\(number)", "/proc/\(getpid())/fd/\(number)",
      "/proc/thread-self/fd/\(number)", directory.file("link"),
    ]
    for name in names {
      let target = try SaveTarget.resolve(name)
      #expect(target.kind == .stream(descriptor: number, try Syscalls.status(of: path)), "\(name)")
      #expect(target.identity == (try Syscalls.status(of: path)).identity)
    }
    for name in ["-", "/dev/stdout", "/dev/fd/1"] {
      #expect(try SaveTarget.resolve(name).isStandardOutput, "\(name)")
    }
  }

  @Test("Devices and FIFOs are written through and not opened yet")
  func devices() throws {
    unsafe mkfifo(directory.file("fifo"), 0o600)
    for path in ["/dev/null", "/dev/full", directory.file("fifo")] {
      let target = try SaveTarget.resolve(path)
      #expect(target.kind == .stream(descriptor: nil, try Syscalls.status(of: path)))
    }
  }
}
