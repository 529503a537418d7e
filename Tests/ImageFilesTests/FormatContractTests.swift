import Glibc
import PixelMemory
import PixelViews
import Testing

@testable import ImageFiles

/// What holds for every format of the table.
@Suite struct FormatContractTests {
  let directory = TemporaryDirectory()

  private static func holdsAll(_ name: String) -> Bool {
    Mode.allCases.allSatisfy { FileFormat.named(name)?.holds(PixelFormat($0)) == true }
  }

  /// How many modes a writer can say that nobody asks it for: there is one for all maps.
  private static let moreCounts = [
    "pbm": 3, "pgm": 2, "ppm": 3, "vips": 6, "nrrd": 8, "metaimage": 8, "sgi": 8, "fits": 1,
    "nifti": 1, "idx": 1,
  ]

  @Test(
    "What a format does not hold is refused, also where nobody prepared it",
    arguments: FileFormat.all.filter(\.isWritten).map(\.name).filter { !holdsAll($0) })
  func refusesModes(_ name: String) throws {
    let format = try #require(FileFormat.named(name))
    var options = FileFormat.EncodeOptions()
    options.threads = 1
    let unheld = Mode.allCases.filter { !format.holds(PixelFormat($0)) }
    var (refusedCount, writtenCount) = (0, 0)
    for mode in unheld {
      let image = try Image(
        mode, mode.name, width: 1, height: 1, [0, 0, 0, 0], palette: mode.isIndexed ? .gray : nil)
      var refusal: FormatError?
      switch format.encoding {
      case .plain(let makeFile):
        do throws(FormatError) {
          let file = try makeFile(image, options)
          #expect(file.layout.fields.count == mode.bandCount, "\(mode.name)")
          writtenCount += 1
          continue
        } catch { refusal = error }
      case .stream(let encode):
        refusal = #expect(throws: FormatError.self, "\(mode.name)") {
          var output = try OutputFile(
            SaveTarget.resolve(directory.file("out")), reserving: nil)
          try encode(image, options, &output)
        }
      case .none: Issue.record("\(name) is only read")
      }
      #expect(refusal == .cannotHold(format: name, PixelFormat(mode)), "\(mode.name)")
      refusedCount += 1
    }
    #expect(writtenCount == Self.moreCounts[name, default: 0])
    #expect(refusedCount > 0 && refusedCount + writtenCount == unheld.count)
  }

  @Test(
    "A format of one frame has frame 0, which is also the last one",
    arguments: [
      (
        "bmp",
        BMPTests.header(fileSize: 0, offset: 54, width: 1, height: 1, bits: 24) + [1, 2, 3, 0]
      ),
      ("pfm", Array("Pf 1 1 -1 ".utf8) + [0, 0, 0, 0]),
      ("tga", TGATests.kept[0].1),
    ] as [(String, [UInt8])])
  func oneFrame(_ name: String, _ file: [UInt8]) throws {
    let format = try #require(FileFormat.named(name))
    let samples = try ShownFile(file, as: format).samples()
    #expect(try ShownFile(file, as: format, frame: -1).samples() == samples)
    for frame in [1, -2] {
      #expect(throws: FormatError.noFrame(format: name, frame: frame, count: 1)) {
        try ShownFile(file, as: format, frame: frame)
      }
    }
  }

  @Test("A file with the same pixels at the same places and another header is another file")
  func anotherHeader() throws {
    let file = Array("P5 2 1\n255\n\u{1}\u{2}".utf8)
    let shown = try ShownFile(file, as: .pgm)
    let written = try Netpbm.map(for: shown.image, "pgm")
    #expect(written.layout == shown.image.layout && written.byteCount == file.count)
    #expect(try !written.isAlready(shown.image))
  }

  @Test(
    "The errors of PNG are told in words",
    arguments: [
      (PNGError.library(.header, message: "bad"), "damaged png file: bad"),
      (.library(.rows, message: "bad"), "damaged png file: bad, in the rows"),
      (.truncated(.header), "damaged png file: it ends before the first row"),
      (.truncated(.rows), "damaged png file: it ends before the last row"),
      (.truncated(.end), "damaged png file: it ends without IEND"),
      (.invalidHeader(reason: "no palette"), "png: no palette"),
      (.deflate(library: "zlib", code: -2), "png: zlib failed with -2"),
      (.outOfMemory(byteCount: 7), "png: no memory for 7 bytes"),
    ])
  func words(_ error: PNGError, _ words: String) { #expect("\(error)" == words) }

  @Test(
    "VIPS has words of 8 to 64 bits, and says what they mean",
    arguments: [
      (Mode.rgb, "RGB", 22), (.rgb, "RGB;16L", 25), (.rgba, "RGBA;16B", 25), (.cmyk, "CMYK", 15),
      (.hsv, "HSV", 29), (.gray, "L", 1), (.gray16, "I;16", 26),
    ] as [(Mode, String, UInt8)])
  func interpretation(_ mode: Mode, _ rawmode: String, _ interpretation: UInt8) throws {
    let image = try Image(mode, rawmode, width: 1, height: 1, [1, 2, 3, 4, 5, 6, 7, 8])
    let file = try FileFormat.vips.written(image)
    // VipsInterpretation in the last byte of the seventh number, or the first one.
    #expect([file[28], file[31]].contains(interpretation))
  }

  @Test(
    "Words that a format cannot say are refused",
    arguments: [
      ("vips", Mode.rgb, "RGBX"), ("vips", .gray, "L;4"), ("vips", .rgb, "BGR"),
      ("tiff", .rgb, "RGB;L"), ("tiff", .rgb, "RGBX"), ("tiff", .palette, "P;4L"),
      ("tiff", .hsv, "HSV"),
    ])
  func otherWords(_ name: String, _ mode: Mode, _ rawmode: String) throws {
    let format = try #require(FileFormat.named(name))
    let image = try Image(
      mode, mode.name, width: 1, height: 1, [1, 2, 3, 4], palette: mode.isIndexed ? .gray : nil)
    var options = FileFormat.EncodeOptions()
    options.rawmode = Rawmode.named(rawmode, mode: mode)
    guard case .plain(let makeFile) = format.encoding else {
      Issue.record("\(name) is not written as it lies in memory")
      return
    }
    let error = #expect(throws: FormatError.self) { _ = try makeFile(image, options) }
    guard case .cannotHoldValue(name, let reason) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(reason.contains(rawmode))
  }

  @Test("A rawmode of another mode is refused by its name")
  func anotherMode() throws {
    let image = try Image(.rgb, "RGB", width: 1, height: 1, [1, 2, 3])
    #expect(
      throws: FormatError.cannotHoldValue(
        format: "vips", reason: "it has no way to say RGB stored as L")
    ) { try FileFormat.vips.written(image, as: .natural(.gray)) }
  }

  @Test("A save tells all that a user should know")
  func notes() {
    var outcome = ImageSave.Outcome()
    #expect(outcome.notes.isEmpty)
    outcome.lossy = ["alpha", "gamma"]
    outcome.changes = ["the Exif orientation was 6 and is now 1"]
    outcome.untied = true
    outcome.brokeHardLink = true
    outcome.lostMetadata = ["the owner"]
    #expect(
      outcome.notes == [
        "not in the file: the alpha, the gamma",
        "the Exif orientation was 6 and is now 1",
        "the new file has taken this name; the image no longer follows it",
        "the old file has other names, which keep the old bytes",
        "the owner could not be kept",
      ])
  }

  @Test("A save whose permission fails leaves nothing")
  func failedPermission() throws {
    let image = try Image(.gray, "L", width: 1, height: 1, [1])
    let target = try SaveTarget.resolve(directory.file("it.png"))
    let error = ViewError.paletteMissing(mode: .palette)
    #expect(throws: FormatError.view(error)) {
      try ImageSave(.png).run(image, to: target) { () throws(ViewError) in throw error }
    }
    #expect(directory.names.isEmpty)
  }

  @Test("A directory or FIFO that takes the name in the meantime keeps it")
  func takenName() throws {
    let path = directory.file("it")
    for isDirectory in [true, false] {
      #expect(
        throws: isDirectory
          ? OutputError.isDirectory(path: path)
          : .system(call: "rename", path: path, errno: EEXIST)
      ) {
        var file = try OutputFile(SaveTarget.resolve(path), reserving: nil)
        try file.write(unsafe [UInt8(1)].span.bytes)
        _ = unsafe isDirectory ? mkdir(path, 0o755) : mkfifo(path, 0o600)
        try file.commit()
      }
      #expect(directory.names == ["it"])
      _ = unsafe isDirectory ? rmdir(path) : unlink(path)
    }
  }

  @Test("A name in the root directory is one there")
  func root() throws {
    let target = try SaveTarget.resolve("/imgtool-test-nothing.png")
    #expect(target.directory == "/" && target.name == "imgtool-test-nothing.png")
    #expect(target.kind == .new)
  }

  @Test("A save into a directory that is not there says so")
  func noDirectory() throws {
    let image = try Image(.gray, "L", width: 1, height: 1, [1])
    #expect(
      throws: FormatError.output(.noDirectory(path: directory.file("no")))
    ) { try image.save(to: directory.file("no/it.png")) }
  }
}
