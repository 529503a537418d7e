import CShims

/// What signals do to the tool. A library must not decide that for its host: `main` installs it.
package enum SignalPolicy {
  /// Temporaries are unlinked when a signal ends the process; a closed pipe ends it quietly; the
  /// limit on file size is an error and no signal.
  package static func install() { imgtool_signals_install() }
}
