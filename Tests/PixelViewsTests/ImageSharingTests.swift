import PixelMemory
import Testing

@testable import PixelViews

/// Whether an image reads what its file holds now, and what stands between if not.
@Suite struct ImageSharingTests {
  private static let page = Syscalls.pageByteCount

  /// Four rows of a page each.
  private func mapped(_ file: MappedFile, _ access: Access) throws -> Image {
    let layout = Layout(
      width: Self.page, height: 4, stride: Self.page, pixelStride: 1, fields: [.byte(at: 0)])
    return try Image(
      buffer: Buffer(mapping: file.path, access: access), layout: layout,
      format: PixelFormat(.gray))
  }

  @Test func `views and computed pixels share as their image does`() throws {
    let file = try MappedFile(byteCount: 4 * Self.page)
    let image = try mapped(file, .copyOnWrite)
    for view in [
      image, try image.cropped(to: Rectangle(x: 1, y: 1, width: 2, height: 2)),
      image.reoriented(.quarter), try image.every(columns: 2, rows: 2),
      try image.converted(to: .rgb), try image.windowed(0, 9),
      try image.converted(to: .rgb).band(1),
      image.sealed,
    ] { #expect(try view.sharing() == .shared) }
  }

  @Test func `an edit under copy-on-write parts the views that have a pixel on its pages`() throws {
    let file = try MappedFile(byteCount: 4 * Self.page)
    let image = try mapped(file, .copyOnWrite)
    try image.put(x: 5, y: 1, Pixel([1]))
    #expect(try image.sharing().detachedPageCount == 1)
    let edited = try image.cropped(to: Rectangle(x: 0, y: 1, width: 1, height: 1))
    #expect(try edited.converted(to: .rgb).sharing().detachedPageCount == 1)
    let below = try image.cropped(to: Rectangle(x: 0, y: 2, width: Self.page, height: 2))
    #expect(try below.sharing() == .shared)
  }

  @Test func `a copy is one, and so is each view of it`() throws {
    let file = try MappedFile(byteCount: 4 * Self.page)
    let copy = try mapped(file, .readOnly).copied(threads: 1)
    let shared = Sharing.copy(reason: "it was made by a copy")
    for view in [
      copy, copy.reoriented(.half), try copy.band(0), copy.with(palette: nil), copy.sealed,
      try copy.converted(to: .rgb), try copy.windowed(0, 9),
      try copy.cropped(to: Rectangle(x: 0, y: 0, width: 1, height: 1)),
      try copy.every(columns: 3, rows: 1), try copy.reinterpreted(as: .gray),
    ] { #expect(try view.sharing() == shared) }
    #expect(shared.reason == "the image is a copy: it was made by a copy")
    #expect(shared.detachedPageCount == nil)
  }

  @Test func `a copy of a copy says what it was made for last`() throws {
    let image = try Image.plain([1], PixelFormat(.gray), width: 1, height: 1)
    #expect(try image.sharing() == .ownMemory)
    let decoded = image.copied(because: "it is compressed")
    #expect(try decoded.copied(because: nil).sharing() == .copy(reason: "it is compressed"))
    #expect(
      try decoded.copied(threads: 1).sharing() == .copy(reason: "it was made by a copy"))
  }
}
