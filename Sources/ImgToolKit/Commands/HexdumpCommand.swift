import ImageFiles
import PixelMemory
import PixelViews

/// The options of `hexdump`.
private struct HexdumpOptions: CommandOptions {
  /// `--at`.
  var area: Rectangle?
}

extension Command {
  static let hexdump = Command(
    "hexdump", "SOURCE LAYOUT... --at X,Y[,WxH]",
    "show the bytes behind some pixels, with file offsets",
    for: .looking, operands: 1...1, groups: [.layout, .mapping],
    own: [
      .own(
        "--at", "X,Y[,WxH]",
        "choose the pixel, or a rectangle of at most \(PixelDump.mostPixels) pixels",
        details: .init(
          """
          X counts columns and Y rows, both from 0. W and H default to 1.
          """, example: "--at 3,4,2x2")
      ) { (options: inout HexdumpOptions, text) throws(ToolError) in
        options.area = try PixelDump.area(text)
      }
    ],
    examples: [
      Example(
        "imgtool hexdump fb.raw --size 640x480 --rawmode BGRX --stride 2624 --at 10,10,2x2",
        "show which bytes of the file hold these pixels"),
      Example(
        "imgtool hexdump photo.bmp --at 3,4",
        "show a pixel of a file that has a header"),
    ]
  ) { invocation, console throws(ToolError) in
    guard let area = invocation.own(HexdumpOptions.self).area else {
      throw ToolError("hexdump needs --at X,Y or --at X,Y,WxH")
    }
    let source = try Source.any(invocation.operands[0], invocation.opening)
    try console.introduce(source)
    let dump = try PixelDump(source, area)
    try console.answer(invocation.report.json ? dump.json.text : dump.text)
    return .done
  }
}

/// Some pixels of an image, each with the bytes that it is made of.
struct PixelDump {
  /// More would be a file, not something to look at.
  static let mostPixels = 1 << 16

  private struct Row {
    var x: Int
    var y: Int
    /// Runs of bytes that stand together.
    var pieces: [(offset: Int, bytes: [UInt8])]
    /// The bits of each band that is not whole bytes.
    var bits: [(band: String, text: String, runs: [(byte: Int, bit: Int, count: Int)])]
    var pixel: Pixel
  }

  private let source: Source
  private var rows: [Row] = []

  /// `X,Y` or `X,Y,WxH`.
  static func area(_ text: String) throws(ToolError) -> Rectangle {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count == 2 || parts.count == 3 else {
      throw ToolError("--at is \(Values.quoted(text)); X,Y or X,Y,WxH is expected, like 3,4,2x2")
    }
    let point = try Values.point("\(parts[0]),\(parts[1])", "--at")
    let size = parts.count == 3 ? try Values.size(String(parts[2]), "--at") : (width: 1, height: 1)
    return Rectangle(x: point.x, y: point.y, width: size.width, height: size.height)
  }

  init(_ source: Source, _ area: Rectangle) throws(ToolError) {
    self.source = source
    if let reason = source.copyReason, source.image.buffer !== source.file {
      throw ToolError("\(source.name): \(reason), so its pixels are not bytes of the file")
    }
    let image = source.image
    do throws(ViewError) { try image.check(inside: area) } catch {
      throw ToolError(error, name: source.name)
    }
    guard area.width <= PixelDump.mostPixels / area.height else {
      throw ToolError(
        "--at has \(area.width)x\(area.height) pixels; at most \(PixelDump.mostPixels) are shown")
    }
    for y in area.y..<area.y + area.height {
      for x in area.x..<area.x + area.width { rows.append(try row(x, y)) }
    }
  }

  private func row(_ x: Int, _ y: Int) throws(ToolError) -> Row {
    let image = source.image
    let bytes: PixelBytes
    do throws(MemoryError) { bytes = try PixelBytes(image, x: x, y: y) } catch {
      throw ToolError(error, name: source.name)
    }
    let bits = image.storedFormat.mode.bands.enumerated()
      .filter { !bytes.isWholeBytes(band: $0.offset) }
      .map { index, band in
        let digits = String(bytes.number(ofBand: index), radix: 2)
        let zeros = String(repeating: "0", count: bytes.bitCount(ofBand: index) - digits.count)
        return (band: band, text: zeros + digits, runs: bytes.runs(ofBand: index))
      }
    do throws(ViewError) {
      return Row(x: x, y: y, pieces: bytes.pieces, bits: bits, pixel: try image.pixel(x: x, y: y))
    } catch { throw ToolError(error, name: source.name) }
  }

  var text: String {
    let format = source.image.format
    let lines = rows.map { row in
      [
        "\(row.x),\(row.y)",
        row.pieces.map { "0x\(PixelDump.hex($0.offset)): \(PixelDump.hex($0.bytes))" }
          .joined(separator: "  "),
        row.bits.map { band in
          "\(band.band) \(band.text) (\(band.runs.map(PixelDump.text).joined(separator: " ")))"
        }.joined(separator: " "),
        zip(format.mode.bands, PixelText.text(row.pixel, format: format).split(separator: ","))
          .map { "\($0)=\($1)" }.joined(separator: " "),
      ]
    }
    let widths = (0..<3).map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { line in
      (0..<3).map { column in
        widths[column] == 0
          ? ""
          : line[column] + String(repeating: " ", count: widths[column] - line[column].count + 2)
      }.joined() + line[3]
    }.joined(separator: "\n")
  }

  /// A run of bits as in a hardware manual: the byte, its highest bit and its lowest.
  private static func text(_ run: (byte: Int, bit: Int, count: Int)) -> String {
    let high = run.bit + run.count - 1
    return "0x\(String(run.byte, radix: 16))[\(high)" + (run.count == 1 ? "]" : ":\(run.bit)]")
  }

  private static func hex(_ offset: Int) -> String {
    let digits = String(offset, radix: 16)
    return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
  }

  var json: JSON {
    let format = source.image.format
    return .record([
      "version": 1, "source": .string(source.name), "mode": .string(format.mode.name),
      "rawmode": .string(source.storage),
      "pixels": .array(
        rows.map { row in
          .record([
            "x": .integer(row.x), "y": .integer(row.y),
            "bytes": .array(
              row.pieces.map { piece in
                .record([
                  "offset": .integer(piece.offset), "hex": .string(PixelDump.hex(piece.bytes)),
                ])
              }),
            "bits": row.bits.isEmpty
              ? .null
              : .object(row.bits.map { JSON.Member(key: $0.band, value: .string($0.text)) }),
            "runs": row.bits.isEmpty
              ? .null
              : .object(
                row.bits.map { band in
                  JSON.Member(
                    key: band.band,
                    value: .array(
                      band.runs.map { [.integer($0.byte), .integer($0.bit), .integer($0.count)] }))
                }),
            "samples": PixelText.json(row.pixel, format: format),
          ])
        }),
      "exit": 0,
    ])
  }
}
