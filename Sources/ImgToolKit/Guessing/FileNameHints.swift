/// What a file's name says about the pixels in it, as in `cap_640x480_bgra.raw`.
struct FileNameHints {
  /// The last `WxH` of the name.
  let size: (width: Int, height: Int)?
  /// The words of the name, in lower case.
  let words: [String]

  init(_ path: String) {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    words = name.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.map(
      String.init)
    size =
      words.compactMap { word -> (width: Int, height: Int)? in
        let parts = word.split(separator: "x", omittingEmptySubsequences: false)
        guard parts.count == 2, let width = Int(parts[0]), let height = Int(parts[1]), width > 0,
          height > 0
        else { return nil }
        return (width: width, height: height)
      }.last
  }
}
