import PixelMemory
import PixelViews

extension OpenOptions {
  /// The palette that `--palette` names; `nil` without the option.
  func loadPalette(for mode: Mode) throws(ToolError) -> Palette? {
    guard let palette else { return nil }
    guard mode.isIndexed else {
      throw ToolError("--palette is for modes P and PA; this image is \(mode.name)")
    }
    guard case .file(let path) = palette else { return .gray }
    let limit = 768
    let wrong = { (found: String) in
      ToolError(
        "\(path): a palette is 1 to 256 RGB triples, 3 to \(limit) bytes; the file has \(found)")
    }
    let bytes: [UInt8]
    do throws(SystemError) { bytes = try Syscalls.contents(of: path, limit: limit) } catch {
      throw error.code == Errno.fileTooBig
        ? wrong("more than \(limit)") : ToolError(error, path: path)
    }
    guard let loaded = Palette(rgb: bytes) else { throw wrong("\(bytes.count)") }
    return loaded
  }
}
