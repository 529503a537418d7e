import PixelMemory
import PixelViews
import Testing

@testable import ImageFiles

/// What a program that imports the library does with files.
@Suite struct ImageInFilesTests {
  let directory = TemporaryDirectory()
  static let samples: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]

  /// A picture of 2x2 in memory.
  func picture() throws -> Image {
    try Image(.rgb, "RGB", width: 2, height: 2, Self.samples)
  }

  @Test("What is saved is opened again, mapped where the format stores plain rows")
  func roundTrip() throws {
    for name in ["it.png", "it.ppm", "it.bmp", "it.npy", "it.qoi", "it.tiff"] {
      let path = directory.file(name)
      try picture().save(to: path)
      let image = try Image(contentsOf: path)
      #expect(try image.samples() == Self.samples.map(Double.init), "\(name)")
      let isMapped = image.buffer.identity == (try Syscalls.status(of: path).identity)
      #expect(isMapped == !["it.png", "it.qoi"].contains(name), "\(name)")
    }
  }

  @Test("An edit under read-write is in the file, and a save onto it is a flush")
  func sharing() throws {
    let path = directory.file("it.ppm")
    try picture().save(to: path, threads: 1)
    let image = try Image(contentsOf: path, access: .readWrite)
    try image.put(x: 0, y: 0, Pixel([200, 201, 202]))
    #expect(try directory.contents("it.ppm").suffix(12).prefix(3) == [200, 201, 202])
    let before = try Syscalls.status(of: path).identity
    try image.save(to: path)
    #expect(try Syscalls.status(of: path).identity == before)
  }

  @Test("The format is named, or the suffix names it, and the level is PNG's")
  func formats() throws {
    try picture().save(to: directory.file("it"), format: "png", level: 0)
    #expect(try directory.contents("it").prefix(4) == [0x89, 0x50, 0x4E, 0x47])
    let heif = directory.file("it.heif")
    let suffixes = FileFormat.all.flatMap(\.suffixes)
    #expect(throws: FormatError.unknownSuffix(path: heif, known: suffixes)) {
      try picture().save(to: heif)
    }
    #expect(throws: FormatError.noFormat(name: "heif", known: FileFormat.all.map(\.name))) {
      try picture().save(to: directory.file("it.png"), format: "heif")
    }
    #expect(directory.names == ["it"])
  }

  @Test("What cannot be opened says why")
  func refusals() throws {
    let png = directory.file("it.png")
    try picture().save(to: png)
    #expect(throws: FormatError.unreachable(reason: "the rows are compressed")) {
      _ = try Image(contentsOf: png, access: .readWrite)
    }
    let gif = try directory.write("it.gif", Array("GIF89a".utf8))
    #expect(
      throws: FormatError.foreign(
        name: "GIF", advice: "convert it to png first (magick, ffmpeg, vips)")
    ) { _ = try Image(contentsOf: gif) }
    let nothing = try directory.write("it.bin", [1, 2, 3])
    #expect(
      throws: FormatError.unknownFormat(
        known: FileFormat.all.filter { $0.describe != nil }.map(\.name))
    ) { _ = try Image(contentsOf: nothing) }
    #expect(throws: FormatError.memory(.system(call: "stat", path: "/nowhere", errno: 2))) {
      _ = try Image(contentsOf: "/nowhere")
    }
    #expect(throws: FormatError.noFrame(format: "ppm", frame: 3, count: 1)) {
      let path = directory.file("it.ppm")
      try picture().save(to: path)
      _ = try Image(contentsOf: path, frame: 3)
    }
  }

  @Test("Indices without colors are saved only where a file needs none")
  func indices() throws {
    let image = try Image(.palette, "P", width: 2, height: 1, [0, 1])
    #expect(throws: FormatError.view(.paletteMissing(mode: .palette))) {
      try image.save(to: directory.file("it.png"))
    }
    try image.save(to: directory.file("it.npy"))
    #expect(directory.names == ["it.npy"])
  }

  @Test("A save that is not permitted leaves nothing")
  func permission() throws {
    let path = directory.file("it.png")
    let save = ImageSave(try #require(FileFormat.named("png")))
    let target = try SaveTarget.resolve(path)
    let image = try picture()
    let outcome = try save.run(image, to: target) { () throws(ViewError) in false }
    #expect(outcome == nil)
    #expect(directory.names.isEmpty)
  }
}
