import PixelMemory

extension Scratch {
  /// Memory that can be refused.
  static func checked(byteCount: Int) throws(PNGError) -> Scratch {
    do { return try Scratch(byteCount: byteCount) } catch {
      throw .outOfMemory(byteCount: byteCount)
    }
  }

  /// Makes the memory exactly so long; what was in it is lost when it has to grow.
  mutating func resize(byteCount: Int) throws(PNGError) {
    do { try ensure(byteCount: byteCount) } catch { throw .outOfMemory(byteCount: byteCount) }
  }
}

extension PNGError {
  init(_ error: DeflateError) {
    switch error {
    case .memory(.outOfMemory(let byteCount)): self = .outOfMemory(byteCount: byteCount)
    // Memory that is asked for is refused for no other reason.
    case .memory: self = .outOfMemory(byteCount: 0)
    case .library(let name, let code): self = .deflate(library: name, code: code)
    }
  }
}
