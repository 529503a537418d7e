import ImageFiles
import PixelViews
import Testing

@testable import ImgToolKit

/// The table of other tools' words: each leads somewhere, and none stands in the way of ours.
@Suite struct MeaningTests {
  @Test func `every word means one thing of its kind`() {
    for kind in Meaning.Kind.allCases {
      let words = Meaning.all.filter { $0.kind == kind }.flatMap(\.words)
      #expect(words.count >= 20, "\(kind)")
      #expect(Set(words).count == words.count, "\(kind): \(words.sorted())")
      #expect(words.allSatisfy { $0 == $0.lowercased() && !$0.hasPrefix("-") }, "\(kind)")
      #expect(words.allSatisfy { Meaning.of($0, as: kind) != nil })
    }
  }

  @Test func `a meaning is something here, or says what is not and how to come by it`() {
    for meaning in Meaning.all {
      #expect(meaning.here.isEmpty == (meaning.absence != nil), "\(meaning.words)")
      guard let absence = meaning.absence else { continue }
      #expect(meaning.kind == .format || absence.contains("`"), "\(meaning.words)")
      #expect(absence.contains(" not "), "\(meaning.words)")
    }
  }

  @Test func `every option that is meant exists, and reads its value`() throws {
    for target in targets(.option) {
      let words = target.split(separator: " ").map(String.init)
      let takers = Command.all.filter { $0.flags.contains { $0.name == words[0] } }
      #expect(!takers.isEmpty, "\(target)")
      guard words.count > 1, let taker = takers.first else { continue }
      #expect(throws: Never.self, "\(target)") { try Parser.parse([taker.name, "f"] + words) }
    }
  }

  @Test func `every command that is meant exists, with the options that it names`() throws {
    for target in targets(.command) {
      let words = target.split(separator: " ").map(String.init)
      let command = try #require(Command.all.first { $0.name == words[0] }, "\(target)")
      for option in words where option.hasPrefix("--") {
        #expect(command.flags.contains { $0.name == option }, "\(target)")
      }
    }
  }

  @Test func `every mode, rawmode and format that is meant exists`() {
    for mode in targets(.mode) { #expect(Mode(rawValue: mode) != nil, "\(mode)") }
    for name in targets(.rawmode) { #expect(Rawmode.named(name, mode: nil) != nil, "\(name)") }
    for format in targets(.format) { #expect(FileFormat.named(format) != nil, "\(format)") }
  }

  @Test func `no word is a name of ours, which would never ask for a hint`() {
    for word in words(.command) { #expect(!Command.all.contains { $0.name == word }, "\(word)") }
    for word in words(.mode) {
      #expect(!Mode.allCases.contains { $0.name.lowercased() == word }, "\(word)")
    }
    for word in words(.rawmode) { #expect(Rawmode.named(word, mode: nil) == nil, "\(word)") }
    for word in words(.format) { #expect(FileFormat.named(word) == nil, "\(word)") }
    let everywhere = Flag.all.filter { $0.group == .general }.map(\.name)
    for word in words(.option) { #expect(!everywhere.contains("--" + word), "\(word)") }
  }

  @Test func `a hint has a question for every word, and its letters are not asked`() {
    for word in words(.option) where word != "width" {
      let hint = Suggestion.option("--" + word, nil, for: .frombuffer)
      #expect(hint?.contains("did you mean") == true || hint?.contains(" not ") == true, "\(word)")
    }
    for word in words(.command) {
      #expect(Suggestion.command(word).contains("did you mean `imgtool "), "\(word)")
    }
  }

  private func targets(_ kind: Meaning.Kind) -> [String] {
    Meaning.all.filter { $0.kind == kind }.flatMap(\.here)
  }

  private func words(_ kind: Meaning.Kind) -> [String] {
    Meaning.all.filter { $0.kind == kind }.flatMap(\.words)
  }
}
