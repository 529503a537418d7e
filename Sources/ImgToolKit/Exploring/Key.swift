/// What a terminal sends for a key, the mouse, or of itself.
enum Key: Hashable, Sendable {
  /// A letter, a digit or a sign, as it is typed.
  case character(Character)
  /// A letter with Ctrl.
  case control(Character)
  case named(Name, isShifted: Bool = false)
  case mouse(Mouse)
  /// What the terminal says of itself, as it was sent.
  case report([UInt8])

  enum Name: String, Sendable {
    case up, down, left, right, pageUp, pageDown, home, end, tab, enter, escape, backspace, delete
  }

  /// What the mouse did, and in which cell of the screen, counted from 0.
  struct Mouse: Hashable, Sendable {
    enum Deed: Sendable { case press, drag, release, wheelUp, wheelDown }

    let deed: Deed
    let column, row: Int
  }
}
