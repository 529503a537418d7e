import PixelMemory
import PixelViews

/// Which of the named arrays of a file is shown: the one that was asked for, else the first that is an
/// image.
struct ArrayChoice {
  /// The format's name, for errors.
  let format: String
  /// What the format calls its arrays.
  let what: String
  let options: FileFormat.DescribeOptions
  /// What a name may end with though nobody types it.
  var suffix = ""

  init(format: String, what: String, _ options: FileFormat.DescribeOptions, suffix: String = "") {
    self.format = format
    self.what = what
    self.options = options
    self.suffix = suffix
  }

  /// The pixels of one of the arrays.
  ///
  /// - Parameter body: describes the array with an index.
  /// - Throws: ``FormatError/noArray(format:what:name:known:)`` where none has the name,
  ///   ``FormatError/notAnImage(format:found:expected:)`` where none is an image; what `body` throws for
  ///   the one that was asked for, for the only one, or for the first that is not read here.
  func pixels(
    of names: [String], _ body: (Int) throws(FormatError) -> FileFormat.Pixels
  ) throws(FormatError) -> FileFormat.Pixels {
    if let wanted = options.tensor {
      let index = names.firstIndex { $0 == wanted } ?? names.firstIndex { $0 == wanted + suffix }
      guard let index else {
        throw .noArray(
          format: format, what: what, name: wanted.withoutControls(),
          known: names.isEmpty ? nil : list(names))
      }
      return shown(index, of: names, try body(index))
    }
    var failure: FormatError?
    var unread: FormatError?
    for index in names.indices {
      do throws(FormatError) {
        return shown(index, of: names, try body(index))
      } catch {
        // A frame that is not there is that of the first image.
        if case .noFrame = error { throw error }
        failure = failure ?? error
        if case .unsupported = error { unread = unread ?? error }
      }
    }
    if names.count == 1, let failure { throw failure }
    // What this build cannot read may well be a picture.
    if let unread { throw unread }
    throw .notAnImage(
      format: format, found: names.isEmpty ? "without \(what)s" : "with \(list(names))",
      expected: "no \(what) in it has 2 to 4 axes of numbers")
  }

  private func shown(
    _ index: Int, of names: [String], _ pixels: FileFormat.Pixels
  ) -> FileFormat.Pixels {
    guard names.count > 1 else { return pixels }
    var pixels = pixels
    if options.tensor == nil {
      var others = names
      others.remove(at: index)
      pixels.notes.append(
        "\(what) \(title(names[index])) is shown; --tensor shows another: \(list(others))")
    }
    pixels.hidden.append(Loss("other \(what)s"))
    return pixels
  }

  private func title(_ name: String) -> String {
    (name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : name).withoutControls()
  }

  private func list(_ names: [String]) -> String { names.map(title).listed() }
}
