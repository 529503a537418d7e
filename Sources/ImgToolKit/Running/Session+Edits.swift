import ImageFiles
import PixelMemory
import PixelViews

extension Session {
  /// Edits the pixels in the buffer.
  mutating func edit(_ step: Step) throws(ToolError) {
    let image = image
    let threads = threads
    if let reason = image.readOnlyReason {
      throw ToolError(ViewError.readOnly(reason), name: source.name).about(step.text)
    }
    switch step.action {
    case .put(let x, let y, let value):
      let pixel = try PixelText.pixel(value, for: image.format, step.name)
      try viewing(step) { () throws(ViewError) in try image.put(x: x, y: y, pixel) }
    case .fill(let area, let value):
      let pixel = try PixelText.pixel(value, for: image.format, step.name)
      try viewing(step) { () throws(ViewError) in
        try image.fill(area ?? image.bounds, with: pixel, threads: threads)
      }
    case .invert: try viewing(step) { () throws(ViewError) in try image.invert(threads: threads) }
    case .flip(let axis):
      try viewing(step) { () throws(ViewError) in try image.flip(axis, threads: threads) }
    case .swap(let first, let second):
      let a = try Bands.index(of: first, in: image.mode, step)
      let b = try Bands.index(of: second, in: image.mode, step)
      try viewing(step) { () throws(ViewError) in try image.swapBands(a, b, threads: threads) }
    case .add(let number):
      try viewing(step) { () throws(ViewError) in try image.add(number, threads: threads) }
    case .paste(let path, let x, let y): try paste(path, x, y, step)
    default: return
    }
  }

  private mutating func paste(_ path: String, _ x: Int, _ y: Int, _ step: Step) throws(ToolError) {
    var other = try Source.describing(path, Invocation(command: .open))
    current.copiedBytes += other.copiedBytes
    if noCopy, let reason = other.copyReason {
      throw ToolError("\(step.text): --no-copy, but \(reason)")
    }
    let target = image
    if other.image.format != target.format {
      if target.losesOpacity(pasting: other.image) {
        throw ToolError(
          "\(step.text): \(path) is \(other.image.mode.name) and the image \(target.mode.name): its "
            + "alpha would be lost; save it without alpha first (--convert RGB --save)")
      }
      do throws(ViewError) { other.image = try other.image.converted(to: target.mode) } catch {
        throw ToolError(error, name: path).about(step.text)
      }
      current.add("converted", .string(target.mode.name))
    }
    guard other.image.format == target.format else {
      throw ToolError(
        "\(step.text): \(path) has \(other.image.format.type.rawValue) samples, the image has "
          + target.format.type.rawValue)
    }
    let (picture, threads) = (other.image, threads)
    if noCopy, target.pasteCopies(picture, x: x, y: y) {
      throw ToolError(
        "\(step.text): --no-copy, but the paste changes pixels of \(path) before they are read")
    }
    current.copiedBytes += try viewing(step) { () throws(ViewError) in
      try target.paste(picture, x: x, y: y, threads: threads)
    }
  }

  /// Looks at the pixels in another way.
  mutating func changeView(_ step: Step) throws(ToolError) {
    let before = image
    switch step.action {
    case .crop(let area):
      image = try viewing(step) { () throws(ViewError) in try before.cropped(to: area) }
    case .band(let name):
      let band = try Bands.index(of: name, in: before.mode, step)
      image = try viewing(step) { () throws(ViewError) in try before.showing(band: band) }
    case .reorient(let reorientation): image = before.reoriented(reorientation)
    case .every(let columns, let rows):
      image = try viewing(step) { () throws(ViewError) in
        try before.every(columns: columns, rows: rows)
      }
    case .convert(let mode):
      image = try viewing(step) { () throws(ViewError) in try before.converted(to: mode) }
    case .window(let low, let high):
      image = try viewing(step) { () throws(ViewError) in try before.windowed(low, high) }
    default: return
    }
  }

  /// Goes on with a private copy.
  mutating func copy(_ step: Step) throws(ToolError) {
    if noCopy { throw ToolError("\(step.text): --no-copy forbids it") }
    let (before, threads) = (image, threads)
    image = try viewing(step) { () throws(ViewError) in try before.copied(threads: threads) }
    isCopied = true
    current.copiedBytes = image.buffer.byteCount
  }

  /// Writes to the file as another program would.
  func poke(_ offset: Int, _ bytes: [UInt8], _ step: Step) throws(ToolError) {
    do throws(MemoryError) { try source.file.poke(offset: offset, bytes: bytes) } catch {
      if case .readOnly(let path) = error {
        throw ToolError(
          "\(step.text): \(path ?? source.name) may not be written, and --poke writes to the file "
            + "itself, whatever --access is; chmod u+w it, or poke a copy")
      }
      throw ToolError(error, name: source.name).about(step.text)
    }
  }

  /// Runs a command of the shell.
  func run(_ command: String, _ step: Step) throws(ToolError) {
    let end: Syscalls.Termination
    do throws(SystemError) { end = try Syscalls.run(shellCommand: command) } catch {
      if error.code == Errno.noEntry {
        throw ToolError("\(step.text): /bin/sh, which runs commands, is missing")
      }
      throw ToolError("\(step.text): \(error.message)")
    }
    switch end {
    case .exited(0): return
    case .exited(let code): throw ToolError("\(step.text): the command ended with \(code)")
    case .signaled(let signal):
      throw ToolError("\(step.text): the command was ended by signal \(signal)")
    }
  }

  /// Waits until edits and the last save are on the disk.
  func synchronize(_ step: Step) throws(ToolError) {
    do throws(MemoryError) {
      if image.buffer.access == .readWrite, case .file = image.buffer.origin {
        try image.buffer.flush()
      }
    } catch { throw ToolError(error, name: source.name).about(step.text) }
    guard let lastSaved else { return }
    do throws(SystemError) {
      let file = try Syscalls.open(lastSaved, .readOnly)
      try Syscalls.synchronize(file.number)
    } catch { throw ToolError("\(step.text): \(lastSaved): \(error.message)") }
  }
}
