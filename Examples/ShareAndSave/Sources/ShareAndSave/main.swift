// Maps a raw file as an image, edits it in place and saves it; the file and the image stay one.
import ImgTool

guard CommandLine.arguments.count == 3, let rawmode = Rawmode.named("BGRX", mode: .rgb) else {
  print("usage: ShareAndSave RAW-FILE OUT.png (a raw file of 64x48 BGRX pixels)")
  throw CancellationError()
}
let buffer = try Buffer(mapping: CommandLine.arguments[1], access: .readWrite)
let image = try Image(
  buffer: buffer, layout: rawmode.layout(width: 64, height: 48), format: rawmode.storedFormat)

let middle = try image.cropped(to: Rectangle(x: 16, y: 12, width: 32, height: 24))
try middle.fill(middle.bounds, with: Pixel([255, 128, 0]), threads: 1)
try image.save(to: CommandLine.arguments[2])

let saved = try Image(contentsOf: CommandLine.arguments[2])
print("saved \(saved.width)x\(saved.height) \(saved.mode.name), shared: \(buffer.origin)")
print(
  "pixel 20,20: \(try image.pixel(x: 20, y: 20).samples), byte: \(image.layout.byteOffset(x: 20, y: 20))"
)
