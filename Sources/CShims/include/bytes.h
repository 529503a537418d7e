#pragma once

#include <stdbool.h>
#include <stddef.h>

/// Whether `count` bytes are the same (`memcmp`). Either pointer may be null when `count` is 0.
static inline bool imgtool_same_bytes(const void *first, const void *second, size_t count) {
  return count == 0 || __builtin_memcmp(first, second, count) == 0;
}
