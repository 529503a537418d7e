// The names are C's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CImgTool
import ImageFiles
import PixelMemory
import PixelViews

/// What an `imgtool_save_options` asks for.
struct SaveChoice {
  var formatName: String?
  var rawmodeName: String?
  var options = FileFormat.EncodeOptions()
  var replacesMapped = false
  var isDurable = false

  init(_ pointer: UnsafePointer<imgtool_save_options>?) throws(Refusal) {
    options.threads = Syscalls.hardwareThreads
    guard let pointer = unsafe pointer else { return }
    let given = try unsafe structure(pointer, { unsafe $0.struct_size }, "options")
    formatName = try unsafe text(given.format, "options.format")
    rawmodeName = try unsafe text(given.rawmode, "options.rawmode")
    if try unsafe flag(given.has_level, "options.has_level") {
      options.level = unsafe Int(given.level)
    }
    options.bits = unsafe given.bits == 0 ? nil : Int(given.bits)
    options.threads = try threadCount(unsafe given.threads)
    replacesMapped = try unsafe flag(given.replaces_mapped, "options.replaces_mapped")
    isDurable = try unsafe flag(given.is_durable, "options.is_durable")
    options.stripsMetadata = try unsafe flag(
      given.strips_metadata, "options.strips_metadata")
    options.quality = unsafe given.quality == 0 ? nil : Int(given.quality)
    if let name = try unsafe text(given.subsampling, "options.subsampling") {
      guard let subsampling = FileFormat.ChromaSubsampling(rawValue: name) else {
        let names = FileFormat.ChromaSubsampling.allCases.map(\.rawValue)
        throw Refusal(
          "options.subsampling is \(name); one of \(names.joined(separator: ", ")) is expected")
      }
      options.subsampling = subsampling
    }
    do throws(FormatError) { try options.check() } catch { throw Refusal(error) }
  }

  /// The format that is named, or that the suffix of a path means.
  func format(for path: String?) throws(Refusal) -> FileFormat {
    guard formatName != nil || path != nil else {
      throw Refusal("options.format is NULL; a function has no suffix")
    }
    do throws(FormatError) { return try FileFormat.choice(formatName, for: path ?? "") } catch {
      throw Refusal(error)
    }
  }

  /// The choices for a format, the rawmode among them.
  func options(
    for format: FileFormat, pixels: PixelFormat
  ) throws(Refusal) -> FileFormat.EncodeOptions {
    var options = options
    guard let rawmodeName else { return options }
    guard format.honorsRawmode else {
      throw Refusal("\(format.name) files have no rawmode to choose")
    }
    guard let rawmode = Rawmode.storing(pixels, named: rawmodeName) else {
      throw Refusal("rawmode \(rawmodeName) does not store mode \(pixels.mode.name)")
    }
    options.rawmode = rawmode
    return options
  }
}

/// A save of an image, and what became of it.
struct Save {
  let image: Image
  private var save: ImageSave
  private let file: ImageHandle.FileOrigin?
  private var outcome = ImageSave.Outcome()

  var formatName: String { save.format.name }

  init(_ handle: ImageHandle, as format: FileFormat, _ choice: SaveChoice) throws(Refusal) {
    image = handle.image
    file = handle.file
    var save = ImageSave(format)
    save.options = try choice.options(for: format, pixels: image.format)
    save.replacesMapped = choice.replacesMapped
    save.isDurable = choice.isDurable
    self.save = save
  }

  /// Writes the file.
  mutating func run(to target: SaveTarget) throws(FormatError) {
    if let file, file.identity == target.identity { save.beside = file.beside }
    // Nothing is asked for consent.
    outcome = try save.run(image, to: target) ?? outcome
  }

  /// Gives the bytes of the file to a function.
  mutating func run(to writer: @escaping OutputFile.Writer) throws(FormatError) {
    outcome = try save.run(image, to: writer)
  }

  /// Tells the caller.
  func report(to saved: UnsafeMutablePointer<imgtool_saved>?) {
    unsafe outcome.notes.joined(separator: "; ").withCString { unsafe imgtool_texts_set_note($0) }
    guard let saved = unsafe saved else { return }
    var result = imgtool_saved()
    result.byte_count = Int64(outcome.byteCount)
    result.bytes_copied = Int64(outcome.bytesCopied)
    result.was_flushed = outcome.wasFlushed ? 1 : 0
    result.is_lossy = !outcome.lossy.isEmpty ? 1 : 0
    unsafe saved.pointee = result
  }
}

@c @implementation
public func imgtool_image_save(
  _ image: OpaquePointer?, _ path: UnsafePointer<CChar>?,
  _ options: UnsafePointer<imgtool_save_options>?, _ saved: UnsafeMutablePointer<imgtool_saved>?
) -> Int32 {
  answering { () throws(Refusal) in
    let image = try unsafe ImageHandle.at(image)
    let path = try unsafe requiredPath(path, "path")
    let choice = try unsafe SaveChoice(options)
    var save = try Save(image, as: try choice.format(for: path), choice)
    try filing(path) { () throws(FormatError) in
      let target: SaveTarget
      do throws(OutputError) { target = try SaveTarget.resolve(path) } catch {
        throw .output(error)
      }
      try save.run(to: target)
    }
    unsafe save.report(to: saved)
  }
}
