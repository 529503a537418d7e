extension Flag {
  /// The options of `compare` and `hash`.
  static let comparing: [Flag] = [
    extra("--fail", "V", .compare, "the largest error of a sample that is none (default 0)"),
    extra(
      "--fail-percent", "P", .compare, "the share of pixels that may have larger errors (default 0)"
    ),
    extra("--region", "WxH+X+Y", .compare, "compare this rectangle of both images"),
    extra(
      "--diff", "OUT", .compare, "where images differ, save a gray picture of the errors",
      choices: .file),
    extra(
      "--check", "FILE", .hash, "read lines that hash has printed and verify them", choices: .file),
  ]
}
