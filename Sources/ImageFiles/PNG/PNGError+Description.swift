import PixelMemory

extension PNGError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .library(_, let message) where message.hasSuffix(Self.wrongChecksum):
      words(aboutChunk: String(message.dropLast(Self.wrongChecksum.count)))
    case .library(.end, let message), .library(.header, let message):
      "damaged png file: \(message)"
    case .library(.rows, let message): "damaged png file: \(message), in the rows"
    case .truncated(.header): "damaged png file: it ends before the first row"
    case .truncated(.rows): "damaged png file: it ends before the last row"
    case .truncated(.end): "damaged png file: it ends without IEND"
    case .invalidHeader(let reason): "png: \(reason)"
    case .tooLarge(let byteCount, let limit):
      "damaged png file: its header asks for \(byteCount.bytes) of rows, "
        + "and as short as it is, it holds at most \(limit)"
    case .deflate(let library, let code): "png: \(library) failed with \(code)"
    case .outOfMemory(let byteCount): "png: no memory for \(byteCount.bytes)"
    }
  }

  /// How libpng's words end for a chunk whose bytes are not those that were written.
  private static let wrongChecksum = ": CRC error"

  /// Other programs skip a damaged chunk that no pixel depends on, which its first letter tells.
  private func words(aboutChunk name: String) -> String {
    let isAncillary = name.first?.isLowercase == true
    return "damaged png file: \(name): CRC error, so the bytes of this chunk are not those that "
      + "were written; get the file again"
      + (isAncillary
        ? ", or let a program that skips such a chunk write it anew (convert OLD.png NEW.png)" : "")
  }
}
