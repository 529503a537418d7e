import Testing

@testable import PixelMemory

/// What a caller must not do ends the process with the reason, before a byte is touched.
@Suite struct PreconditionTests {
  enum Mistake: String, CaseIterable, Codable {
    case smallTarget, smallSource, foreign

    var words: String {
      switch self {
      case .smallTarget, .smallSource: "scratch is smaller than the block"
      case .foreign: "negative byte count"
      }
    }
  }

  @Test("A mistake of the caller ends the process with its reason", arguments: Mistake.allCases)
  func mistakes(mistake: Mistake) async throws {
    let result = try await #require(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [mistake = mistake as Mistake] in
      let buffer = try Buffer(allocating: 4)
      var bytes = try Scratch(byteCount: 3)
      switch mistake {
      case .smallTarget:
        var span = bytes.mutableBytes
        try buffer.copyOut(Block(offset: 0, byteCount: 4), to: &span)
      case .smallSource: try buffer.copyIn(Block(offset: 0, byteCount: 4), from: bytes.bytes)
      case .foreign:
        _ = unsafe Buffer(foreign: buffer.pointerForCallers(), byteCount: -1, access: .readOnly)
      }
    }
    #expect(String(decoding: result.standardErrorContent, as: UTF8.self).contains(mistake.words))
  }
}
