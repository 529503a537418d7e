import PixelViews

extension Guess {
  /// The options of the layout, as they are typed.
  var layoutOptions: [TypedOption] {
    var options = [
      TypedOption(name: "--size", value: "\(width)x\(height)"),
      TypedOption(name: "--mode", value: mode.name),
    ]
    func add(_ name: String, _ value: String) {
      options.append(TypedOption(name: name, value: value))
    }
    if rawmode != Rawmode.natural(mode).name { add("--rawmode", rawmode) }
    if offset > 0 { add("--offset", "\(offset)") }
    if stride != rowByteCount { add("--stride", "\(stride)") }
    if storage.interleave == .plane { add("--interleave", "plane") }
    if frameCount > 1 { add("--frame", "0") }
    if let mosaic { add("--bayer", mosaic) }
    return options
  }

  /// The command line that looks at the file so.
  func command(_ path: String) -> String {
    var words = ["imgtool", "frombuffer", ShellWord.file(path)]
    words += layoutOptions.flatMap { [$0.name, ShellWord.quoted($0.value)] }
    if mosaic != nil { words += ["--demosaic", "bilinear"] }
    return (words + ["--show"]).joined(separator: " ")
  }
}
