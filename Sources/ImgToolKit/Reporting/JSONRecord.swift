import ImageFiles

/// An object of JSON that is read key by key; each must be there, and no other may be.
struct JSONRecord {
  private let what: String
  private var members: [JSON.Member]

  /// - Parameter what: what the object is, for messages.
  /// - Throws: ``ToolError`` when the value is not an object.
  init(_ json: JSON, _ what: String) throws(ToolError) {
    guard case .object(let members) = json else {
      throw ToolError("\(what) is not a JSON object")
    }
    self.what = what
    self.members = members
  }

  private mutating func take(_ key: String) throws(ToolError) -> JSON {
    guard let index = members.firstIndex(where: { $0.key == key }) else {
      throw ToolError("\(what) has no \(Values.quoted(key))")
    }
    return members.remove(at: index).value
  }

  private func wrong(_ key: String, _ value: JSON, _ expected: String) -> ToolError {
    ToolError("\(Values.quoted(key)) of \(what) is \(value.text); \(expected) is expected")
  }

  mutating func integer(_ key: String) throws(ToolError) -> Int {
    let value = try take(key)
    guard case .integer(let number) = value else { throw wrong(key, value, "a whole number") }
    return number
  }

  mutating func string(_ key: String) throws(ToolError) -> String {
    let value = try take(key)
    guard case .string(let text) = value else { throw wrong(key, value, "text") }
    return text
  }

  mutating func array(_ key: String) throws(ToolError) -> [JSON] {
    let value = try take(key)
    guard case .array(let values) = value else { throw wrong(key, value, "an array") }
    return values
  }

  /// Whether a key is there that was not read yet.
  func has(_ key: String) -> Bool { members.contains { $0.key == key } }

  /// Two whole numbers.
  mutating func pair(_ key: String) throws(ToolError) -> (Int, Int) {
    let value = try take(key)
    guard case .array(let values) = value, values.count == 2, case .integer(let first) = values[0],
      case .integer(let second) = values[1]
    else { throw wrong(key, value, "an array of two whole numbers") }
    return (first, second)
  }

  mutating func bool(_ key: String) throws(ToolError) -> Bool {
    let value = try take(key)
    guard case .bool(let isTrue) = value else { throw wrong(key, value, "true or false") }
    return isTrue
  }

  /// An object within this one.
  mutating func record(_ key: String) throws(ToolError) -> JSONRecord {
    try JSONRecord(try take(key), "\(Values.quoted(key)) of \(what)")
  }

  /// One of some names.
  mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ key: String
  ) throws(ToolError) -> Choice where Choice.RawValue == String {
    let text = try string(key)
    return try Values.choice(text, "\(Values.quoted(key)) of \(what)")
  }

  /// Checks that every key was read.
  func finish() throws(ToolError) {
    guard let first = members.first else { return }
    throw ToolError("\(what) has \(Values.quoted(first.key)), which is not a key of a layout file")
  }
}
