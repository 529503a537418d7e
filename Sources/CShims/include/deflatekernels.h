#pragma once

#include "processor.h"
#include <stddef.h>
#include <stdint.h>

/// How often each byte occurs.
void imgtool_histogram(const uint8_t *bytes, size_t count, uint32_t frequencies[256]);

/// The next place from `at` on, at least 1, where three bytes in a row equal the one before; `end` if there
/// is none.
size_t imgtool_next_triple(imgtool_road road, const uint8_t *bytes, size_t at, size_t end);

/// Bits on their way to memory, from the low end of bytes on (RFC 1951, 3.1.1). Up to 8 bytes behind
/// `next` are overwritten.
typedef struct {
  uint8_t *next;
  uint64_t bits;
  uint64_t bit_count;  // of `bits`: less than 8 between calls
} imgtool_bits;

/// The codes of literals: for each the code with its length in the low byte, at most 14 bits.
typedef struct {
  uint32_t entries[256];
  // The same apart, for roads that look bytes up.
  uint8_t low[256], high[256], length[256];
} imgtool_literal_codes;

void imgtool_literal_codes_fill(imgtool_literal_codes *codes, const uint32_t entries[256]);

/// Adds the codes of some literals to the bits.
void imgtool_write_literals(
    imgtool_road road, const imgtool_literal_codes *codes, const uint8_t *bytes, size_t count,
    imgtool_bits *bits);
