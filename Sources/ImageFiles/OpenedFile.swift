import PixelMemory
import PixelViews

/// The image of a file that describes itself.
package struct OpenedFile: Sendable {
  package let image: Image
  package let format: FileFormat
  package let frameCount: Int
  /// Why the pixels are a private copy; `nil` when they are the file's own.
  package let copyReason: String?
  /// What the file holds beside the image, and a file of the image does not.
  package let beside: [Loss]
  /// What a user should know about the file, a sentence each.
  package let notes: [String]

  /// Describes a file and decodes it where it cannot be mapped.
  ///
  /// - Throws: what ``DescribedFile`` throws when it is made and when it makes its image.
  package init(
    _ buffer: Buffer, path: String, options: FileFormat.DescribeOptions = .init(),
    reachesFile: Bool = false
  ) throws(FormatError) {
    let file = try DescribedFile(
      buffer, path: path, options: options, reachesFile: reachesFile)
    let opened = try file.opened(limits: options.limits)
    image = opened.image
    format = file.format
    frameCount = file.pixels.frameCount
    copyReason = file.copyReason
    let frames = Loss.otherFrames(frameCount - 1, format: format.name)
    let trailing = Loss.trailing(opened.trailingByteCount)
    beside = [frames, trailing].compactMap(\.self) + file.pixels.hidden
    notes = file.pixels.notes + Loss.sentences(opened.losses)
  }
}
