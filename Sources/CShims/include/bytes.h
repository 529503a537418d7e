#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Whether `count` bytes are the same (`memcmp`). Either pointer may be null when `count` is 0.
static inline bool imgtool_same_bytes(const void *first, const void *second, size_t count) {
  return count == 0 || __builtin_memcmp(first, second, count) == 0;
}

/// Eight bytes, the first one lowest.
static inline uint64_t imgtool_load_word(const uint8_t *from) {
  uint64_t word;
  __builtin_memcpy(&word, from, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap64(word);
#endif
  return word;
}
