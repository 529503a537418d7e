import PixelViews

/// Options for planes, and for rows of bits.
extension LayoutOptions {
  /// Refuses two options that both say where rows start.
  func checkRowSteps(name: String) throws(ToolError) {
    let steps = [
      ("--stride", options.stride != nil), ("--row-bits", options.rowBits != nil),
      ("--align none", isTight),
      ("--align \(options.alignment)", options.alignment > 1 && options.stride == nil),
    ].filter(\.1).map(\.0)
    guard steps.count > 1 else { return }
    throw ToolError(
      "\(name): \(steps[0]) and \(steps[1]) both say where rows start; give one of them")
  }

  /// Refuses options for planes where there are none.
  func checkPlanes(_ rawmode: Rawmode, name: String) throws(ToolError) {
    if options.justifiedToTop, rawmode.hasPlanes {
      throw ToolError(
        "\(name): --justify msb has no meaning for rawmode \(rawmode.name), which says where the bits "
          + "of its samples stand; leave it out")
    }
    let others = rawmode.hasPlanes ? rawmode.planeCount - 1 : 0
    let typed = [
      ("--chroma-stride", options.chromaStride != nil), ("--plane-rows", options.planeRows != nil),
      ("--plane-offset", !options.planeOffsets.isEmpty),
    ].filter(\.1).map(\.0)
    if let option = typed.first, others == 0 {
      throw ToolError(
        "\(name): \(option) has no meaning for rawmode \(rawmode.name), which is one plane; leave it "
          + "out")
    }
    let given = options.planeOffsets.count
    guard given <= others else {
      throw ToolError(
        "\(name): --plane-offset has \(given) numbers; rawmode \(rawmode.name) has \(others) "
          + "plane\(others == 1 ? "" : "s") after the first")
    }
  }
}
