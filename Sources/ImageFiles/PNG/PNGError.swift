import PixelMemory

/// What is wrong with a PNG file, or with what one is to be made of.
public enum PNGError: Error, Hashable, Sendable {
  /// Where in a file libpng was when it gave up.
  public enum Stage: String, Sendable { case header, rows, end }

  /// libpng refused a part of the file; in its words.
  case library(Stage, message: String)
  /// The file ends before IEND.
  case truncated(Stage)
  /// The numbers do not make a PNG header.
  case invalidHeader(reason: String)
  /// More bytes than the caller, or the file's own size, allows.
  case tooLarge(byteCount: Int, limit: Int)
  /// The deflate library gave a code that it should not give.
  case deflate(library: String, code: Int32)
  case outOfMemory(byteCount: Int)
}

/// Why an image did not become a PNG file: the fault of who gives rows, of who takes bytes, or PNG's.
package enum PNGEncodingError<Rows: Error, Sink: Error>: Error {
  case rows(Rows)
  case sink(Sink)
  case png(PNGError)
}

/// Why a PNG file did not become an image: the fault of who gives bytes, of the image's own memory,
/// or the file's.
package enum PNGDecodingError<Source: Error>: Error {
  case source(Source)
  case memory(MemoryError)
  case png(PNGError)
}
