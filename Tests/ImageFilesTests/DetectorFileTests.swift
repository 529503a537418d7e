import PixelMemory
import PixelViews
import Testing

@testable import ImageFiles

/// FITS, NIfTI and MRC, whose headers are damaged at every byte.
@Suite struct DetectorFileTests {
  private static let written: [(String, @Sendable () throws -> [UInt8])] = [
    (
      "nifti",
      {
        try FileFormat.nifti.written(
          Image(.integer, "I;16S", width: 2, height: 2, [1, 0, 2, 0, 3, 0, 4, 0]))
      }
    ),
    (
      "mrc",
      {
        try FileFormat.mrc.written(
          Image(.gray16, "I;16", width: 2, height: 2, [1, 0, 2, 0, 3, 0, 4, 0]))
      }
    ),
  ]

  @Test("A damaged header is survived", arguments: written.indices)
  func damage(_ index: Int) throws {
    let (name, bytes) = Self.written[index]
    let format = try #require(FileFormat.named(name))
    try ShownFile.surviveDamage(bytes(), as: format)
  }

  @Test("Damaged cards of FITS are survived")
  func damagedCards() throws {
    let file = try FileFormat.fits.written(
      Image(.gray16, "I;16", width: 2, height: 2, [1, 0, 2, 0, 3, 0, 4, 0]))
    var (readCount, refusedCount) = (0, 0)
    // The cards, and not the blanks that fill the block.
    for index in 0..<8 * 80 {
      for byte in "0 9-'/=A".utf8 {
        var damaged = file
        damaged[index] = byte
        if ShownFile.survive(damaged, as: .fits) { readCount += 1 } else { refusedCount += 1 }
      }
    }
    #expect(readCount + refusedCount == 8 * 80 * 8 && readCount > 0 && refusedCount > 0)
  }

  @Test("A file of the first samples is told apart from one that begins with a number")
  func recognition() throws {
    var bytes = [UInt8](repeating: 0, count: 352)
    bytes[0...1] = [0x5C, 1]
    #expect(NIfTI.Version(of: bytes) == nil)
    (bytes[40], bytes[42], bytes[70]) = (1, 7, 2)
    #expect(NIfTI.Version(of: bytes)?.kind == .analyze)
    (bytes[40], bytes[46]) = (2, 7)
    #expect(NIfTI.Version(of: bytes) == nil)
    #expect(NIfTI.Version(of: Array(bytes.prefix(347))) == nil)
  }

  @Test("Memory has no file beside it")
  func noFolder() throws {
    let text = "ENVI\nsamples = 1\nlines = 1\ndata type = 1\n"
    #expect(
      throws: FormatError.unsupported(format: "envi", feature: "its pixels in another file")
    ) { try ShownFile(Array(text.utf8), as: .envi) }
  }
}
