extension Conversion {
  /// Converts `count` pixels from one span into the other.
  typealias Kernel = @Sendable (_ count: Int, _ from: RawSpan, _ to: inout MutableRawSpan) -> Void

  /// One direct conversion: a line of the table.
  ///
  /// Kernels are closures around an inlined loop. A step that took a function of one pixel instead
  /// would be shorter to write, but it is left to the optimizer's mood whether such a function gets
  /// into the loop; where it does not, the loop is ten times slower.
  struct Step: Sendable {
    let source, target: PixelFormat
    let kernel: Kernel
    /// Whether opacity is lost at the end of the step or within it.
    var dropsAlpha: Bool
    /// The samples that come through as what they are; `nil` where all do.
    var limits: Limits?

    init(
      _ source: PixelFormat, _ target: PixelFormat, within limits: Limits? = nil,
      kernel: @escaping Kernel
    ) {
      self.source = source
      self.target = target
      self.limits = limits
      self.kernel = kernel
      dropsAlpha = source.mode.alphaBand != nil && target.mode.alphaBand == nil
    }

    init(
      _ source: Mode, _ target: Mode, within limits: Limits? = nil, kernel: @escaping Kernel
    ) {
      self.init(PixelFormat(source), PixelFormat(target), within: limits, kernel: kernel)
    }

    /// Both steps in one.
    ///
    /// A short run of pixels at a time goes through both, so that what is between them stays in the
    /// nearest cache and costs no allocation.
    func then(_ next: Step) -> Step {
      let (first, second) = (kernel, next.kernel)
      let (sourceBytes, targetBytes) = (source.pixelByteCount, next.target.pixelByteCount)
      let run = 2048 / target.pixelByteCount
      var both = Step(source, next.target) { count, from, to in
        var room = InlineArray<2048, UInt8>(repeating: 0)
        var start = 0
        while start < count {
          let length = min(run, count - start)
          var samples = room.mutableSpan
          // Any bytes are samples of UInt8.
          var between = unsafe samples.mutableBytes
          first(
            length, from.extracting(start * sourceBytes..<(start + length) * sourceBytes), &between)
          var place = to._mutatingExtracting(start * targetBytes..<(start + length) * targetBytes)
          second(length, between.bytes, &place)
          start += length
        }
      }
      both.dropsAlpha = dropsAlpha || next.dropsAlpha
      // What stands before a step with limits keeps the numbers, so they hold at the start as well.
      both.limits = limits?.joined(next.limits) ?? next.limits
      return both
    }
  }
}
