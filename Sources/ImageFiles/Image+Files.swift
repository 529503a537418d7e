import PixelMemory
import PixelViews

extension Image {
  /// Opens a file that describes itself: a BMP, Netpbm, NPY, TIFF, TGA or other file of plain samples
  /// is mapped, and the image is a view of it; a PNG, QOI or other compressed one is
  /// decoded into private memory. A raw file is mapped with a layout instead:
  /// `Image(buffer:layout:format:palette:)`.
  ///
  /// - Parameters:
  ///   - path: the file; errors name it so.
  ///   - access: what edits do; `readWrite` is refused for a file that has to be decoded.
  ///   - frame: which of several images in the file, from 0 on.
  /// - Throws: `FormatError` with what was found in the file and what was expected.
  /// - Complexity: O(header) where the file is mapped, O(pixels) otherwise.
  public init(
    contentsOf path: String, access: Access = .copyOnWrite, frame: Int = 0
  ) throws(FormatError) {
    let buffer: Buffer
    do throws(MemoryError) { buffer = try Buffer(mapping: path, access: access) } catch {
      throw .memory(error)
    }
    var options = FileFormat.DescribeOptions()
    options.frame = frame
    self =
      try OpenedFile(buffer, path: path, options: options, reachesFile: access == .readWrite).image
  }

  /// Saves the image; the view stays tied to its buffer.
  ///
  /// The file appears whole or not at all. Saving onto the file that the image maps is a flush when
  /// the bytes are the same in the same places, and refused otherwise.
  ///
  /// - Parameters:
  ///   - path: where to; its suffix decides the format unless `format` names one.
  ///   - name: a format's name, such as `"png"`.
  ///   - level: how hard PNG compresses, 0 to 9; the default is the best trade.
  ///   - threads: how many threads encode; all processors by default. The bytes are the same.
  /// - Throws: `FormatError`; the old file is untouched then.
  /// - Complexity: O(pixels) time, memory of a few bands of rows.
  public func save(
    to path: String, format name: String? = nil, level: Int? = nil, threads: Int? = nil
  ) throws(FormatError) {
    var save = ImageSave(try FileFormat.choice(name, for: path))
    save.options.level = level
    save.options.threads = threads ?? Syscalls.hardwareThreads
    let target: SaveTarget
    do throws(OutputError) { target = try SaveTarget.resolve(path) } catch { throw .output(error) }
    _ = try save.run(self, to: target)
  }
}
