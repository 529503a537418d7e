/// An error that says in one sentence what was found and what was expected.
///
/// The tool, the C interface and `description` all print that sentence; what they add is in front of
/// it, the file that only the caller knows, or after it, what to do.
package protocol DescribedError: Error, CustomStringConvertible {
  /// The file that the error itself knows.
  var subject: String? { get }
  /// What was found and what was expected, without the subject.
  var finding: String { get }
}

extension DescribedError {
  /// The sentence, with file names as the floors keep them: see ``FileName``.
  ///
  /// - Parameter name: what the error is about, unless it knows better.
  package func sentence(about name: String? = nil) -> String {
    guard let subject = subject ?? name, !subject.isEmpty else { return finding }
    return "\(subject): \(finding)"
  }

  /// The sentence on one line, as people can read it.
  package var line: String { FileName.readable(sentence()).withoutControls() }
}
