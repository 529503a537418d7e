import PixelMemory

/// Which of several runs of the same steps a session is: that for a frame, or a round of `watch`.
struct FrameTurn: Sendable {
  /// What `%d` stands for in names of files.
  let number: Int
  /// What reports call the image; `nil` for the source's name.
  var label: String?
  /// Who lets the frame before this one go first, where several are worked on at once.
  var turns: Turnstile?

  /// Whether others are worked on at the same time.
  var isOneOfSeveral: Bool { turns != nil }

  /// Waits until all frames before this one are done; false where one of them failed, and what this one
  /// would leave behind is not wanted.
  func comes() -> Bool { turns?.wait(for: number) ?? true }
}
