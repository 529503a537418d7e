#include "pngbigrams.h"

#include <string.h>

size_t imgtool_distinct_bigrams(const uint8_t *bytes, size_t count, uint64_t *seen) {
  memset(seen, 0, IMGTOOL_BIGRAM_BYTES);
  size_t distinct = 0;
  for (size_t at = 0; at + 1 < count; at++) {
    size_t pair = (size_t)bytes[at] << 8 | bytes[at + 1];
    uint64_t word = seen[pair >> 6];
    distinct += ~word >> (pair & 63) & 1;
    seen[pair >> 6] = word | UINT64_C(1) << (pair & 63);
  }
  return distinct;
}
