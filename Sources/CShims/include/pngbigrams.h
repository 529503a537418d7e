#pragma once

#include <stddef.h>
#include <stdint.h>

/// The bytes that `imgtool_distinct_bigrams` needs of memory.
#define IMGTOOL_BIGRAM_BYTES 8192

/// How many different pairs of neighbors a row of bytes has.
///
/// `seen` has IMGTOOL_BIGRAM_BYTES bytes, aligned to 8; what they hold before does not matter.
size_t imgtool_distinct_bigrams(const uint8_t *bytes, size_t count, uint64_t *seen);
