import PixelMemory

/// Why bytes were not deflated, or not inflated.
enum DeflateError: Error {
  case memory(MemoryError)
  /// A library gave up, with its code: zlib's `Z_DATA_ERROR` for damaged data.
  case library(String, code: Int32)
}
