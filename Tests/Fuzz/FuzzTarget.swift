import Glibc
import PixelMemory
import PixelViews

@testable import ImageFiles
@testable import ImgToolKit

/// What is fuzzed: `FUZZ_TARGET` names a format, or `layout-file`, or `command-line`.
private let target =
  unsafe getenv("FUZZ_TARGET").map { unsafe String(cString: $0) } ?? "command-line"

/// What was found last, kept so that the optimizer does not remove the search for it.
nonisolated(unsafe) public var lastFound = 0

/// Called by libFuzzer with each input.
@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ data: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
  unsafe lastFound = 0
  let bytes = unsafe UnsafeBufferPointer(start: data, count: count)
  switch target {
  case "layout-file": unsafe layoutFile(Array(bytes))
  case "command-line": unsafe commandLine(Array(bytes))
  default:
    guard let format = FileFormat.named(target), count > 0 else { return -1 }
    // The bytes themselves, so that the sanitizer sees each read beyond them.
    let buffer = unsafe Buffer(
      foreign: UnsafeMutableRawPointer(mutating: data), byteCount: count, access: .readOnly)
    try? open(buffer, as: format, salvages: false)
    try? open(buffer, as: format, salvages: true)
  }
  return 0
}

private func open(_ buffer: Buffer, as format: FileFormat, salvages: Bool) throws {
  var options = FileFormat.DescribeOptions()
  options.limits.pixels = 1 << 16
  options.salvages = salvages
  var reader = HeaderReader(buffer, format: format.name)
  let pixels: FileFormat.Pixels
  var shown = buffer
  switch try format.describe?(&reader, options) {
  case .mapped(let found):
    pixels = found
    shown = found.data?.buffer ?? buffer
  case .decoded(let found, _, let decode):
    pixels = found
    shown = try decode(buffer, options.limits).buffer
  case nil: return
  }
  let image = try Image(
    buffer: shown, layout: pixels.layout, format: pixels.format, palette: pixels.palette)
  try look(at: image)
}

private func look(at image: Image) throws {
  guard image.width <= 1 << 12, image.height <= 1 << 12 else { return }
  unsafe lastFound = try image.hash(threads: 1).text.count
  if let gray = try? image.converted(to: .gray) {
    unsafe lastFound += try gray.hash(threads: 1).text.count
  }
}

private func layoutFile(_ bytes: [UInt8]) {
  guard let (layout, format) = try? LayoutFile.parse(bytes),
    let buffer = try? Buffer(allocating: 4096),
    let image = try? Image(buffer: buffer, layout: layout, format: format, palette: .gray)
  else { return }
  try? look(at: image)
}

/// The lines of the input are words of a command line. What they ask for is resolved and, where it
/// touches nothing but the pixels, done.
private func commandLine(_ bytes: [UInt8]) {
  let words = bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
  var console = Console(isQuiet: true)
  guard let invocation = try? Parser.parse(words), invocation.opening.layout.size != nil,
    invocation.opening.layout.file == nil,
    let plan = try? RunPlan(invocation.steps, &console),
    let resolved = try? invocation.opening.layout.resolve(name: "fuzz", byteCount: 4096),
    let buffer = try? Buffer(allocating: 4096),
    let image = try? Image(
      buffer: buffer, layout: resolved.layout, format: resolved.format, palette: .gray)
  else { return }
  let source = Source(image: image, name: "fuzz", storage: resolved.storage, file: buffer)
  var session = Session(source, invocation, console)
  for step in plan.steps where !step.traits.contains(.reachesOut) {
    guard image.width <= 1 << 12, image.height <= 1 << 12 else { return }
    _ = try? session.run([step])
  }
  try? look(at: session.image)
}
