extension Command {
  /// Every command, in the order of the help.
  package static let all: [Command] = [
    frombuffer, open, verify, info, compare, hash, show, guess, explore, watch, header, hexdump,
    modes, rawmodes, formats, steps, completion, man, help, version,
  ]
}
