@testable import ImgToolKit

/// What `body` gives as text, or what it says instead.
func outcome<Value>(_ body: () throws(ToolError) -> Value) -> String {
  do throws(ToolError) { return "\(try body())" } catch { return error.message }
}
