/// What there is to say about the files of a contact sheet when it is drawn: errors each by
/// themselves, a note that many files have once.
struct SheetRemarks {
  private struct Note {
    let text: String
    /// Whom it is about first, and how many others.
    let path: String
    var others = 0
  }

  private var verbose: [String] = []
  private var notes: [Note] = []
  private var indices: [String: Int] = [:]
  private var errors: [String] = []

  mutating func add(_ error: ToolError) { errors.append(error.message) }

  /// Adds the lines of `-v` about a file.
  mutating func add(_ session: Session) {
    verbose.append(session.source.opening)
    verbose += session.reports.map { "\(session.source.name): \($0.text)" }
  }

  /// Adds the notes about a file, and whether its samples are spread.
  mutating func add(_ texts: [String], about path: String, window: ClosedRange<Double>?) {
    let subject = "\(path): "
    var texts = texts.map { $0.hasPrefix(subject) ? String($0.dropFirst(subject.count)) : $0 }
    if window != nil {
      texts.append("wide samples are shown from the smallest (black) to the largest (white)")
    }
    for text in texts {
      if let index = indices[text] {
        notes[index].others += 1
      } else {
        indices[text] = notes.count
        notes.append(Note(text: text, path: path))
      }
    }
  }

  func tell(_ console: Console) {
    for text in verbose { console.note(text) }
    for note in notes {
      let others = note.others == 0 ? "" : " and \(note.others) other\(note.others == 1 ? "" : "s")"
      console.note("\(note.path)\(others): \(note.text)")
    }
    for text in errors { console.complain(text) }
  }
}
