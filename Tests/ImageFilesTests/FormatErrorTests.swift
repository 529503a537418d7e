import PixelMemory
import PixelViews
import Testing

@testable import ImageFiles

/// Errors say what was found and what was expected, by themselves.
@Suite struct FormatErrorTests {
  @Test(
    "An error is a sentence",
    arguments: [
      (
        .malformed(format: "bmp", offset: 2, found: "0", expected: "1"),
        "damaged bmp file: at byte 2: 0, expected 1"
      ),
      (
        .unsupported(format: "tiff", feature: "CCITT compression"),
        "CCITT-compressed TIFF is not supported"
      ),
      (
        .needsLibrary(
          format: "tiff", feature: "CCITT compression", library: "libtiff", package: "libtiff-dev"),
        "TIFF with CCITT compression is read by libtiff, which this build lacks; "
          + "install libtiff-dev and build again"
      ),
      (
        .missingLibrary(
          format: "tiff", feature: "CCITT compression", library: "libtiff", package: "libtiff6"),
        "TIFF with CCITT compression is read by libtiff, which is not installed; install libtiff6"
      ),
      (
        .unsupported(format: "bmp", feature: "a header of 66 bytes"),
        "BMP with a header of 66 bytes is not supported"
      ),
      (
        .notAnImage(format: "npy", found: "shape (5,)", expected: "2 to 4 axes are needed"),
        "NPY shape (5,) is not an image: 2 to 4 axes are needed"
      ),
      (
        .output(.mappedStream(path: "-", as: "a.raw")),
        "standard output: output redirected into the mapped file a.raw cannot replace it"
      ),
      (
        .cannotStoreBits(format: "png", found: 3, PixelFormat(.gray), allowed: [1, 2, 4, 8]),
        "png stores mode L with 1, 2, 4 or 8 bits a sample, not 3"
      ),
      (
        .cannotStoreAs(Rawmode.named("BGR", mode: .rgb)!, PixelFormat(.gray)),
        "rawmode BGR stores RGB, the image is L; L is stored as L, L;I, L;R, L;2 and others"
      ),
      (
        .noFrame(format: "tiff", frame: 9, count: 2),
        "there is no frame 9; this tiff file has 2 frames, 0 to 1"
      ),
      (
        .noArray(format: "npz", what: "array", name: "z", known: "x, y"),
        "there is no array \"z\"; this npz file has x, y"
      ),
      (
        .noDataFile(format: "nrrd", file: "../d.raw", reason: "and that is elsewhere"),
        "the pixels of this NRRD header are in ../d.raw, and that is elsewhere"
      ),
      (
        .endsEarly(
          format: "dds", offset: 4, byteCount: 1, expected: "2x2 pixels", needed: 4),
        "damaged dds file: at byte 4: 1 byte in the file, expected 2x2 pixels, 4 bytes in all: "
          + "3 bytes are missing"
      ),
      (
        .choiceOutOfRange("level", found: 12, allowed: 0...9),
        "the level is 12; 0 to 9 is expected"
      ),
      (
        .unreachable(reason: "it is compressed"), "it is compressed, so edits cannot reach the file"
      ),
      (.png(.truncated(.end)), "damaged png file: it ends without IEND"),
      (.output(.isDirectory(path: "a")), "a: is a directory; a file name is expected"),
      (.output(.noDirectory(path: "")), "the name is empty; a path is expected"),
      (
        .output(.mapped(path: "a", as: "b")),
        "a: this is b, the file of an open image, which a save replaces only when asked to"
      ),
      (
        .output(.outOfSpace(path: "a", needed: 1)),
        "a: no space left on the device for 1 byte; nothing was changed"
      ),
    ] as [(FormatError, String)])
  func sentences(error: FormatError, sentence: String) { #expect("\(error)" == sentence) }

  @Test("What a save cannot do is refused before anything is opened")
  func choices() throws {
    let directory = TemporaryDirectory()
    let path = directory.file("out.png")
    let buffer = try Buffer(allocating: 16)
    let layout = try Rawmode.natural(.gray).layout(width: 4, height: 4)
    let image = try Image(buffer: buffer, layout: layout, format: PixelFormat(.gray))
    for level in [-1, 10, Int.min, Int.max] {
      #expect(throws: FormatError.choiceOutOfRange("level", found: level, allowed: 0...9)) {
        try image.save(to: path, level: level)
      }
    }
    let known = FileFormat.all.map(\.name)
    #expect(throws: FormatError.noFormat(name: "gif", known: known)) {
      try image.save(to: path, format: "gif")
    }
    let gif = directory.file("out.gif")
    let error = #expect(throws: FormatError.self) { try image.save(to: gif) }
    #expect(
      error?.description.hasPrefix("\(gif): the suffix is not that of a supported format; ") == true
    )
    #expect(throws: (any Error).self) { _ = try Syscalls.status(of: path) }
  }
}
