/// What an edit of a mapped file does.
public enum Access: String, Sendable, CaseIterable {
  /// Edits are refused.
  case readOnly = "ro"
  /// The buffer follows the file; a page that an edit touches becomes the process's own.
  case copyOnWrite = "cow"
  /// Edits are written to the file.
  case readWrite = "rw"
}
