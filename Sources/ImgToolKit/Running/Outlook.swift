import ImageFiles
import PixelMemory
import PixelViews

/// A look ahead: the steps done on the image's numbers alone, so that a wrong one is told before the
/// first changes anything.
struct Outlook {
  /// The image as the views make it. After `--copy` only its size and format still count.
  private var image: Image
  private var isCopied = false
  /// Whether the pixels are computed from what is stored now.
  private var isDerived: Bool
  private var settings = Session.SaveSettings()
  private var comparing = ComparisonSettings()

  init(_ image: Image) {
    self.image = image
    isDerived = image.isDerived
  }

  /// Throws for the first step that cannot work, whatever the pixels are.
  mutating func check(_ steps: [Step], name: String) throws(ToolError) {
    for step in steps {
      do throws(ViewError) { try checkView(step) } catch {
        throw ToolError(error, name: name).about(step.text)
      }
      try checkValue(step, name: name)
    }
  }

  private mutating func checkView(_ step: Step) throws(ViewError) {
    switch step.action {
    case .crop(let area): image = try image.cropped(to: area)
    case .reorient(let reorientation): image = image.reoriented(reorientation)
    case .every(let columns, let rows): image = try image.every(columns: columns, rows: rows)
    case .convert(let mode):
      let before = image.mode
      image = try image.converted(to: mode)
      if mode != before { isDerived = true }
    case .window(let low, let high):
      image = try image.windowed(low, high)
      isDerived = true
    case .copy:
      isCopied = true
      isDerived = false
    case .put(let x, let y, _):
      try checkEdit()
      try image.check(inside: Rectangle(x: x, y: y, width: 1, height: 1))
    case .fill(let area, _):
      try checkEdit()
      if let area { try image.check(inside: area) }
    case .invert, .add:
      try checkEdit()
      if image.mode.isIndexed {
        throw .unsupported(operation: String(step.name.dropFirst(2)), mode: image.mode)
      }
    case .flip, .swap, .paste: try checkEdit()
    case .expect(let x, let y, _), .print(let x, let y):
      try image.check(inside: Rectangle(x: x, y: y, width: 1, height: 1))
    case .setComparison(let change): comparing.apply(change)
    case .compare: if let region = comparing.region { try image.check(inside: region) }
    default: return
    }
  }

  private func checkEdit() throws(ViewError) {
    if isCopied {
      if isDerived { throw .readOnly(.derived) }
    } else if let reason = image.readOnlyReason {
      throw .readOnly(reason)
    }
  }

  private mutating func checkValue(_ step: Step, name: String) throws(ToolError) {
    switch step.action {
    case .put(_, _, let value), .fill(_, let value), .expect(_, _, let value):
      let pixel = try PixelText.pixel(value, for: image.format, step.name)
      do throws(ViewError) { try image.check(pixel) } catch {
        throw ToolError(error, name: name).about(step.text)
      }
    case .swap(let first, let second):
      for band in [first, second] { _ = try Bands.index(of: band, in: image.mode, step) }
    case .band(let band):
      let index = try Bands.index(of: band, in: image.mode, step)
      do throws(ViewError) { image = try image.showing(band: index) } catch {
        throw ToolError(error, name: name).about(step.text)
      }
    case .setFormat(let format): settings.format = format
    case .setRawmode(let rawmode): settings.rawmode = rawmode
    case .save(let path):
      let plan = try Session.plan(path, settings: settings, mode: image.mode, threads: 1)
      do throws(FormatError) { _ = try plan.format.prepare(image) } catch {
        throw ToolError(error, name: path)
      }
    default: return
    }
  }
}

/// Bands by name.
enum Bands {
  /// A band by its name, or by its number from 0.
  static func index(of text: String, in mode: Mode, _ step: Step) throws(ToolError) -> Int {
    let names = mode.bands
    if let index = names.firstIndex(of: text) { return index }
    if let index = Int(text), names.indices.contains(index) { return index }
    let folded = names.indices.filter { names[$0].lowercased() == text.lowercased() }
    if folded.count == 1 { return folded[0] }
    throw ToolError(
      "\(step.text): \(Values.quoted(text)) is not a band of mode \(mode.name), which has "
        + names.joined(separator: ", "))
  }
}

extension Image {
  /// One band as an image of its own; indices stay indices.
  func showing(band index: Int) throws(ViewError) -> Image {
    if mode.bandCount == 1 { return self }
    guard mode.isIndexed else { return try band(index) }
    return try selecting(bands: [index], as: index == 0 ? .palette : .gray)
  }
}
