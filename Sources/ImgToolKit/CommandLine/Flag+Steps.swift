import PixelMemory
import PixelViews

extension Flag {
  /// The steps, in the order of the help.
  static let steps: [Flag] = edits + views + others + saves + comparingSteps + checks

  /// The two sides of `LEFT=RIGHT`.
  private static func assignment(
    _ text: String, _ what: String, _ shape: String
  ) throws(ToolError) -> (left: String, right: String) {
    guard let sign = text.lastIndex(of: "=") else {
      throw ToolError("\(what) is \(Values.quoted(text)); \(shape) is expected")
    }
    return (String(text[..<sign]), String(text[text.index(after: sign)...]))
  }

  private static let edits: [Flag] = [
    .step("--put", "X,Y=V", .edit, "set one pixel") { text throws(ToolError) in
      let parts = try assignment(text, "--put", "X,Y=V")
      let point = try Values.point(parts.left, "--put")
      return .put(x: point.x, y: point.y, parts.right)
    },
    .step("--fill", "V|WxH+X+Y=V", .edit, "set all pixels, or those of a rectangle") {
      text throws(ToolError) in
      guard text.contains("=") else { return .fill(nil, text) }
      let parts = try assignment(text, "--fill", "WxH+X+Y=V")
      return .fill(try Values.rectangle(parts.left, "--fill"), parts.right)
    },
    .step("--invert", .edit, "replace each color sample v with max - v") { _ in
      .invert
    },
    .step(
      "--flip", "h|v", .edit, "mirror the pixels in the buffer, left-right or top-bottom",
      choices: .names(["h", "v"])
    ) { text throws(ToolError) in .flip(try Values.choice(text, "--flip")) },
    .step("--swap", "A,B", .edit, "exchange two bands, by name or number") {
      text throws(ToolError) in
      let parts = text.split(separator: ",", omittingEmptySubsequences: false)
      guard parts.count == 2 else {
        throw ToolError("--swap is \(Values.quoted(text)); two bands are expected, like R,B")
      }
      return .swap(String(parts[0]), String(parts[1]))
    },
    .step("--add", "N", .edit, "add a number to every color sample; refused if one would not fit") {
      text throws(ToolError) in .add(try Values.number(text, "--add"))
    },
    .step("--paste", "FILE@X,Y", .edit, "copy another picture over a rectangle", choices: .file) {
      text throws(ToolError) in
      guard let sign = text.lastIndex(of: "@") else {
        throw ToolError("--paste is \(Values.quoted(text)); FILE@X,Y is expected")
      }
      let point = try Values.point(String(text[text.index(after: sign)...]), "--paste")
      return .paste(String(text[..<sign]), x: point.x, y: point.y)
    },
  ]

  private static let views: [Flag] = [
    .step("--crop", "WxH+X+Y", .view, "look at a rectangle") { text throws(ToolError) in
      .crop(try Values.rectangle(text, "--crop"))
    },
    .step("--band", "B", .view, "look at one band, by name or number") { text in .band(text) },
    .step(
      "--reorient", "h|v|90|180|270", .view, "mirror or turn clockwise without moving a byte",
      choices: .names(Reorientation.allCases.map(\.rawValue))
    ) { text throws(ToolError) in .reorient(try Values.choice(text, "--reorient")) },
    .step("--every", "NxM", .view, "look at each Nth column and each Mth row") {
      text throws(ToolError) in
      let steps = try Values.size(text, "--every")
      return .every(columns: steps.width, rows: steps.height)
    },
    .step(
      "--convert", "MODE", .derived, "another mode, by Pillow's formulas, computed when read",
      choices: .modes
    ) { text throws(ToolError) in .convert(try Values.mode(text, "--convert")) },
    .step("--window", "LO,HI", .derived, "spread the numbers LO to HI over 8-bit gray") {
      text throws(ToolError) in
      let parts = text.split(separator: ",", omittingEmptySubsequences: false)
      guard parts.count == 2 else {
        throw ToolError("--window is \(Values.quoted(text)); LO,HI is expected, like 0,4095")
      }
      let low = try Values.number(String(parts[0]), "--window")
      let high = try Values.number(String(parts[1]), "--window")
      guard low < high, low.isFinite, high.isFinite else {
        throw ToolError("--window is \(text); LO must be less than HI, and both finite")
      }
      return .window(low, high)
    },
  ]

  private static let others: [Flag] = [
    .step("--copy", .copy, "detach on purpose: go on with a private copy") { _ in .copy },
    .step("--poke", "OFFSET=HEX", .outside, "write bytes to the file as another program would") {
      text throws(ToolError) in
      let parts = try assignment(text, "--poke", "OFFSET=HEX")
      return .poke(
        offset: try Values.byteCount(parts.left, "--poke"),
        try Values.hexBytes(parts.right, "--poke"))
    },
    .step("--run", "COMMAND", .outside, "run a command with /bin/sh; its output goes to our stderr")
    {
      text in .run(text)
    },
    .step("--sync", .durability, "wait until the edits, and the last save, are on the disk") { _ in
      .sync
    },
  ]

  private static let saves: [Flag] = [
    .step(
      "--save", "PATH", .save, "write the picture; the suffix decides the format", choices: .file
    ) {
      text in .save(text)
    },
    .step("--format", "F", .save, "the format of the following saves", choices: .formats) {
      text in .setFormat(text)
    },
    .step("--as", "RAWMODE", .save, "how the following raw saves store samples", choices: .rawmodes)
    {
      text in .setRawmode(text)
    },
    .step("--level", "0..9", .save, "deflate effort of the following saves: 0 stored, 9 smallest") {
      text throws(ToolError) in
      let level = try Values.integer(text, "--level")
      guard 0...9 ~= level else { throw ToolError("--level is \(level); 0 to 9 is expected") }
      return .setLevel(level)
    },
    .step("--bits", "1|2|4|8|16", .save, "bits a sample of the following PNG saves") {
      text throws(ToolError) in
      let bits = try Values.integer(text, "--bits")
      guard [1, 2, 4, 8, 16].contains(bits) else {
        throw ToolError("--bits is \(bits); 1, 2, 4, 8 or 16 is expected")
      }
      return .setBits(bits)
    },
  ]

  private static let checks: [Flag] = [
    .step("--expect", "X,Y=V", .check, "fail with 1 unless a pixel has this value") {
      text throws(ToolError) in
      let parts = try assignment(text, "--expect", "X,Y=V")
      let point = try Values.point(parts.left, "--expect")
      return .expect(x: point.x, y: point.y, parts.right)
    },
    .step("--expect-shared", .check, "fail with 1 unless reading the image reads the file") { _ in
      .expectShared
    },
    .step("--expect-detached", .check, "fail with 1 if reading the image still reads the file") {
      _ in .expectDetached
    },
    .step("--expect-hash", "H", .check, "fail with 1 unless the pixels have this hash") {
      text throws(ToolError) in
      guard HashList.isHash(text) else {
        throw ToolError(
          "--expect-hash is \(Values.quoted(text)); 64 hexadecimal digits are expected, as "
            + "`imgtool hash` prints them")
      }
      return .expectHash(text)
    },
    .step(
      "--compare", "FILE", .check, "fail with 1 unless the pixels equal those of a file",
      choices: .file
    ) {
      text in .compare(text)
    },
    .step("--print", "X,Y", .report, "print a pixel's samples") { text throws(ToolError) in
      let point = try Values.point(text, "--print")
      return .print(x: point.x, y: point.y)
    },
    .step("--stats", .report, "print the smallest, largest and mean sample of each band") { _ in
      .stats
    },
    .step("--hash", .report, "print the hash of the pixels") { _ in .hash },
    .step("--show", .report, "show the picture in the terminal") { _ in .show },
  ]
}

extension Flag {
  fileprivate static func step(
    _ name: String, _ group: Group, _ summary: String,
    make: @escaping @Sendable (String) throws(ToolError) -> Step.Action
  ) -> Flag { step(name, nil, group, summary, make: make) }
}
