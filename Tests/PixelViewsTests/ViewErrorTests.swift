import PixelMemory
import Testing

@testable import PixelViews

/// Errors say what was found and what was expected, by themselves.
@Suite struct ViewErrorTests {
  @Test(
    "An error is a sentence",
    arguments: [
      (.memory(.empty(path: "a")), "a: the file is empty; at least one byte is expected"),
      (
        .overflow(width: 9, height: 9, stride: 0), "9x9 needs more bytes than 64 bits can count"
      ),
      (
        .overflow(width: 9, height: 9, stride: 5),
        "9x9 with a stride of 5 needs more bytes than 64 bits can count"
      ),
      (
        .invalid(.fieldCount(found: 1, mode: .rgb)), "there is 1 field, mode RGB has 3 (R,G,B)"
      ),
      (
        .strideTooSmall(stride: 2, rowByteCount: 3),
        "the stride is 2; at least 3 is expected, the bytes of a row"
      ),
      (.emptySize(width: 0, height: 1), "the size is 0x1; at least 1x1 is expected"),
      (
        .outside(Rectangle(x: 4, y: 0, width: 1, height: 1), width: 4, height: 3),
        "pixel 4,0 is outside of the image, which is 4x3 (0,0 to 3,2)"
      ),
      (
        .outside(Rectangle(x: 1, y: 0, width: 4, height: 2), width: 4, height: 3),
        "4x2+1+0 is outside of the image, which is 4x3 (0,0 to 3,2)"
      ),
      (
        .sampleOutOfRange(value: 256, band: "L", lowest: 0, highest: 255),
        "256 is not a sample of band L, which holds 0 to 255"
      ),
      (
        .sampleOutOfRange(value: 0.5, band: "1", lowest: 0, highest: 255),
        "0.5 is not a sample of band 1, which holds 0 or 255"
      ),
      (
        .cannotStore(value: 4096, x: 1, y: 2, bitCount: 12),
        "pixel 1,2: 4096 does not fit 12 bits"
      ),
      (
        .cannotStore(value: -5, x: 1, y: 2, bitCount: 16),
        "pixel 1,2: -5 does not fit 16 bits without a sign"
      ),
      (
        .notRepresentable(x: 1, y: 2),
        "the number at 1,2 has more than 53 bits and cannot be shown exactly"
      ),
      (.readOnly(.buffer), "the image is read-only: its bytes may only be read"),
      (
        .readOnly(.derived),
        "the image is read-only: its pixels are computed from others; a copy can be edited"
      ),
      (.unsupported(operation: "window", mode: .rgb), "window has no meaning in mode RGB"),
      (
        .unsupported(operation: "invert", mode: .palette),
        "invert has no meaning in mode P, whose samples are indices"
      ),
      (.paletteMissing(mode: .palette), "mode P needs a palette"),
      (.noBand(7, mode: .rgb), "there is no band 7; mode RGB has 0 to 2"),
      (.noBand(1, mode: .gray), "there is no band 1; mode L has band 0 alone"),
      (.sampleCount(found: 2, mode: .rgb), "2 samples; mode RGB has 3 (R, G, B)"),
      (
        .stepTooSmall(columns: 0, rows: 1),
        "the step is 0x1; at least 1x1 is expected"
      ),
      (
        .emptyWindow(low: 5, high: 5),
        "the window goes from 5 to 5; two numbers are expected, the second larger than the first"
      ),
      (.negative("tolerance", found: -1), "the tolerance is -1; 0 or more is expected"),
      (
        .opacityLost(from: .rgba, to: .rgb),
        "opacity of the RGBA would be lost in RGB; a picture without is expected"
      ),
      (
        .samplesDiffer(image: PixelFormat(.rgb, .u16), picture: PixelFormat(.rgb)),
        "the image has 16-bit samples, the picture pasted has 8-bit ones; convert one of them first"
      ),
      (
        .samplesDiffer(image: PixelFormat(.integer), picture: PixelFormat(.float)),
        "the image has 32-bit samples, the picture pasted has 32-bit float ones; convert one of them "
          + "first"
      ),
      (
        .oneWord(rawmode: "BGR;16", .plane),
        "rawmode BGR;16 keeps its samples in one word, which interleave by plane would part"
      ),
      (
        .formatsDiffer(PixelFormat(.rgb), PixelFormat(.rgb, .u16)),
        "RGB and RGB with u16 samples; the same mode and samples are expected"
      ),
      (
        .sizesDiffer(width: 1, height: 2, otherWidth: 3, otherHeight: 4),
        "1x2 and 3x4; the same size is expected"
      ),
    ] as [(ViewError, String)])
  func sentences(error: ViewError, sentence: String) { #expect("\(error)" == sentence) }

  @Test("A buffer that is too short is told with the arithmetic")
  func tooShort() throws {
    let buffer = try Buffer(allocating: 11)
    func refusal(_ layout: Layout) -> String? {
      #expect(throws: ViewError.self) {
        _ = try Image(buffer: buffer, layout: layout, format: PixelFormat(.gray))
      }.map { "\($0)" }
    }
    var options = Rawmode.Options()
    (options.offset, options.stride) = (4, 4)
    let layout = try Rawmode.natural(.gray).layout(width: 4, height: 2, options: options)
    #expect(
      refusal(layout)
        == "4x2 pixels need 12 bytes from offset 0 (the first pixel is at byte 4, the stride is 4), "
        + "11 are there")
    var backwards = layout
    backwards.rowBits = -64
    #expect(
      refusal(backwards)
        == "4x2 pixels with the first at byte 4 and a stride of -8 reach to before the first byte")
  }
}
