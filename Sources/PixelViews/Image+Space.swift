import PixelMemory

/// Disk space for edits of sparse files.
extension Image {
  /// Runs an edit of a rectangle with blocks behind each byte that it stores. On a full disk the
  /// edit does not start; where it fails, the blocks go back.
  ///
  /// - Parameter other: a view of the same buffer that the edit stores into as well.
  /// - Complexity: O(tiles) in a file with holes, else O(1), without a system call once it is known
  ///   which bytes have blocks.
  func withSpace(
    for area: Rectangle, with other: Image? = nil, _ edit: () throws(ViewError) -> Void
  ) throws(ViewError) {
    guard !losses.isRehearsal, let reservation = Reservation.on(buffer) else {
      return try edit()
    }
    do throws(ViewError) {
      try memory { () throws(MemoryError) in
        for image in [self, other].compactMap(\.self) {
          try image.addSpace(for: area, to: reservation)
        }
        try reservation.take()
      }
      try edit()
    } catch {
      reservation.giveBack()
      throw error
    }
  }

  /// Adds the blocks that stores into a rectangle touch: those of each of its tiles.
  private func addSpace(for area: Rectangle, to reservation: Reservation) throws(MemoryError) {
    let span = (try? layout.cropped(to: area).byteRange()) ?? 0..<0
    if try reservation.covers(span) { return }
    let tiling = tiling(area)
    for cluster in transport.clusters {
      for index in 0..<tiling.count {
        let tile = tiling[index].moved(by: area)
        for plan in transport.plans(tile, of: cluster) { try reservation.add(plan.block) }
      }
    }
  }
}
