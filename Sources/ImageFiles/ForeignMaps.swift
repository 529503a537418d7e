import PixelMemory
import PixelViews

/// Where other libraries of this process have mapped the file that a save is to replace.
///
/// Our own mappings are known (`Buffer.live`). Those of others stand in a list of the kernel that
/// takes longer to read than a small image to save; so it is asked first whether anybody at all has
/// the file open, and a mapping keeps it open.
struct ForeignMaps {
  private let target: SaveTarget
  private let file: FileStatus
  private let maps: [FileMap]

  /// Why nothing is known: the list of mappings cannot be read.
  struct Unknown: Error {}

  /// - Returns: `nil` when the target is not a file, or nobody maps it whom a save of the image harms:
  ///   what is written to an open descriptor shows through every mapping, and harms only an image
  ///   that is read from there meanwhile.
  init?(of target: SaveTarget, saving image: Image) throws(Unknown) {
    let file: FileStatus
    let name: String
    switch target.kind {
    case .regular(let status):
      guard Syscalls.mayBeOpen("\(target.directory)/\(target.name)") else { return nil }
      (file, name) = (status, target.name)
    case .stream(let descriptor?, let status):
      guard status.kind == .regular, case .foreign = image.buffer.origin else { return nil }
      let path = try? Syscalls.readLink(Syscalls.procPath(of: descriptor))
      (file, name) = (status, path.map { SaveTarget.split($0).name } ?? target.name)
    case .stream, .new, .function: return nil
    }
    let all: [FileMap]
    do throws(SystemError) { all = try FileMap.all() } catch { throw Unknown() }
    maps = all.filter { $0.maps(file.identity, named: name) }
    if maps.isEmpty { return nil }
    self.target = target
    self.file = file
  }

  /// Whether a file that takes the name would cut a tie: somebody shares the old one's bytes, or the
  /// image's own memory is a mapping of them. What is written to a descriptor cuts none.
  func areCut(by image: Image) -> Bool {
    !target.isStream && maps.contains(where: \.isShared) || hold(image)
  }

  /// The file, when the image's memory is a mapping of it.
  func identity(of image: Image) -> FileIdentity? { hold(image) ? file.identity : nil }

  private func hold(_ image: Image) -> Bool {
    guard case .foreign = image.buffer.origin else { return false }
    return maps.contains { image.buffer.touches($0, in: image.byteRange) }
  }

  /// Whether the image's memory is a shared mapping of the file, and the file is what would be saved.
  ///
  /// - Complexity: O(header and trailer).
  func already(_ saved: PlainFile, _ image: Image) throws(FormatError) -> Bool {
    guard case .foreign = image.buffer.origin, !image.isDerived, target.position == 0,
      let offset = image.buffer.offset(of: image.byteRange, in: maps),
      let layout = image.layout.moved(by: offset)
    else { return false }
    // The header and the trailer need not be mapped.
    let whole: Buffer
    do throws(MemoryError) {
      whole = try Buffer(mapping: "\(target.directory)/\(target.name)", access: .readOnly)
    } catch { return false }
    guard whole.identity == file.identity,
      let seen = try? Image(
        buffer: whole, layout: layout, format: image.storedFormat, palette: image.palette)
    else { return false }
    return try saved.isAlready(seen)
  }
}
