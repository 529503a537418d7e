import CImgTool
import ImageFiles
import PixelMemory
import PixelViews

/// Why a call does not return 0: its status, the line that `imgtool_last_error` gives, and what
/// refused.
struct Refusal: Error {
  let status: Int32
  let text: String
  let cause: Cause

  /// An argument, the layout, the file or the system refused.
  init(_ text: String, _ cause: Cause = .value) {
    self.init(status: Int32(IMGTOOL_REFUSED), text: text, cause: cause)
  }

  /// The answer is no.
  static func no(_ text: String) -> Refusal {
    Refusal(status: Int32(IMGTOOL_NO), text: text, cause: .value)
  }

  init(_ error: MemoryError) { self.init(error.sentence(), Cause(error)) }

  init(_ error: ViewError) { self.init(error.sentence() + error.advice, Cause(error)) }

  init(_ error: FormatError, name: String? = nil) {
    var text = error.sentence(about: name)
    if case .view(let error) = error { text += error.advice }
    self.init(text, Cause(error))
  }

  init(_ error: SystemError) { self.init("\(error)", Cause(error)) }

  private init(status: Int32, text: String, cause: Cause) {
    self.status = status
    self.text = text
    self.cause = cause
  }

  /// The same with what it is about in front.
  func about(_ subject: String) -> Refusal {
    Refusal(status: status, text: "\(subject): \(text)", cause: cause)
  }

  /// The same for a file that describes itself: its values are the file's, not the caller's.
  var blamingContents: Refusal {
    Refusal(status: status, text: text, cause: cause == .value ? .contents : cause)
  }
}

/// Runs the body of a function of the interface, which the caller may interrupt, and turns its
/// error into a status, a text and a cause.
func answering(_ body: () throws(Refusal) -> Void) -> Int32 {
  Interruption.during { status(of: body) }
}

private func status(of body: () throws(Refusal) -> Void) -> Int32 {
  do throws(Refusal) {
    try body()
    return Int32(IMGTOOL_OK)
  } catch {
    return error.answer()
  }
}

extension Refusal {
  /// Keeps the text and the cause for the caller, who gets the status.
  func answer() -> Int32 {
    unsafe FileName.readable(text).withoutControls().withCString {
      unsafe imgtool_texts_set_error($0)
    }
    if status == Int32(IMGTOOL_REFUSED) {
      imgtool_texts_set_cause(cause.number, cause.errno)
    }
    return status
  }
}

/// Runs work on views and words its error.
func viewing<Result: ~Copyable>(
  _ body: () throws(ViewError) -> Result
) throws(Refusal) -> Result {
  do throws(ViewError) { return try body() } catch { throw Refusal(error) }
}

/// Runs work on bytes and words its error.
func touching<Result: ~Copyable>(
  _ body: () throws(MemoryError) -> Result
) throws(Refusal) -> Result {
  do throws(MemoryError) { return try body() } catch { throw Refusal(error) }
}

/// Runs work on a file of some format and words its error.
func filing<Result: ~Copyable>(
  _ path: String, _ body: () throws(FormatError) -> Result
) throws(Refusal) -> Result {
  do throws(FormatError) { return try body() } catch { throw Refusal(error, name: path) }
}

/// What a pointer argument leads to.
///
/// - Throws: ``Refusal`` that names the argument when it is `NULL`.
func required<Pointer>(_ pointer: Pointer?, _ name: String) throws(Refusal) -> Pointer {
  guard let pointer else { throw Refusal("\(name) is NULL") }
  return pointer
}

/// A string argument; `nil` for `NULL`.
///
/// - Throws: ``Refusal`` for bytes that are not UTF-8.
func text(_ pointer: UnsafePointer<CChar>?, _ name: String) throws(Refusal) -> String? {
  guard let pointer = unsafe pointer else { return nil }
  guard let text = unsafe String(validatingCString: pointer) else {
    throw Refusal("\(name) is not UTF-8")
  }
  return text
}

/// A string argument that must be there.
func requiredText(_ pointer: UnsafePointer<CChar>?, _ name: String) throws(Refusal) -> String {
  try required(unsafe text(pointer, name), name)
}

/// A path that must be there, any bytes but zero, as the floors below take it.
func requiredPath(_ pointer: UnsafePointer<CChar>?, _ name: String) throws(Refusal) -> String {
  var end = try unsafe required(pointer, name)
  var bytes: [UInt8] = []
  while unsafe end.pointee != 0 {
    unsafe bytes.append(UInt8(bitPattern: end.pointee))
    unsafe end += 1
  }
  return FileName.text(bytes)
}

/// A structure of a caller, which may be longer than ours: a newer header has more fields, of which
/// zero is the default.
///
/// - Throws: ``Refusal`` for one that is shorter, or has a field set that is not known here.
func structure<Structure>(
  _ pointer: UnsafePointer<Structure>, _ size: (Structure) -> Int, _ name: String
) throws(Refusal) -> Structure {
  let own = MemoryLayout<Structure>.size
  let given = unsafe size(pointer.pointee)
  guard (own...1 << 12).contains(given) else {
    throw Refusal("\(name).struct_size is \(given); its sizeof is \(own)")
  }
  let rest = unsafe UnsafeRawBufferPointer(start: pointer, count: given)[own...]
  guard unsafe rest.allSatisfy({ $0 == 0 }) else {
    throw Refusal(
      "\(name) has a field set beyond its first \(own) bytes, which this library does not know")
  }
  return unsafe pointer.pointee
}

/// A field of a structure that is either set or not.
func flag(_ number: Int32, _ name: String) throws(Refusal) -> Bool {
  guard number == 0 || number == 1 else {
    throw Refusal("\(name) is \(number); 0 or 1 is expected")
  }
  return number == 1
}

/// A count of bytes or samples, of which C can say more than there can be.
func count(_ count: Int, _ name: String) throws(Refusal) -> Int {
  guard count >= 0 else { throw Refusal("\(name) is beyond what can be addressed") }
  return count
}

/// Refuses sizes that no memory bounds: with strides of zero an array can have any.
func checkPixelCount(width: Int, height: Int) throws(Refusal) {
  guard width > 0, height > 0 else {
    throw Refusal(ViewError.emptySize(width: width, height: height))
  }
  guard let count = width.multiplied(by: height), count < 1 << 48 else {
    throw Refusal("\(width)x\(height) is more pixels than 48 bits can count")
  }
}

/// The threads that a call may keep busy.
func threadCount(_ threads: Int32) throws(Refusal) -> Int {
  guard threads >= 0 else { throw Refusal(.negative("number of threads", found: Double(threads))) }
  return threads == 0 ? Syscalls.hardwareThreads : min(Int(threads), 1024)
}

/// A mode by its name.
func mode(_ name: String) throws(Refusal) -> Mode {
  guard let mode = Mode(rawValue: name) else {
    let names = Mode.allCases.map(\.name).joined(separator: ", ")
    throw Refusal("\(name) is not a mode; the modes are \(names)")
  }
  return mode
}

extension ViewError {
  /// What helps, in words that hold for C and for Python.
  fileprivate var advice: String {
    guard case .clamped(let sample) = self else { return "" }
    let window = sample.range.map { range in
      range.lowerBound < range.upperBound
        ? "window(\(range.lowerBound.plainText), \(range.upperBound.plainText)) spreads them, "
        : ""
    }
    return "; \(window ?? "")clamp=True clamps"
  }
}
