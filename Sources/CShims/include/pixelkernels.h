#pragma once

#include "processor.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Kernels for pixels of bytes, and for those that become bytes. Each does the pixels from the first one on
// that the road has instructions for and says how many; the others, all of them on the plain road, are left
// to the caller. None reads or writes beyond the pixels that it is given.

/// The errors of samples: the largest one, and the sums of all of them and of their squares.
typedef struct imgtool_error_sums {
  uint64_t absolute, squared;
  uint8_t maximum;
} imgtool_error_sums;

/// Adds up the errors of pixels of 1 to 4 bytes, to the sums of each band.
size_t imgtool_byte_errors(
    imgtool_road road, const uint8_t *a, const uint8_t *b, size_t count, size_t band_count,
    imgtool_error_sums *sums);

/// The sums of a block of samples of two images: of each, of all squares, and of the products.
typedef struct imgtool_block_sums {
  int32_t first, second, squares, products;
} imgtool_block_sums;

/// Adds up blocks of 4x4 pixels of 1 to 4 bytes, side by side, band by band.
///
/// Rows of `row_byte_count` bytes follow each other in both images. The sums of a block's bands stand
/// together.
size_t imgtool_byte_blocks(
    imgtool_road road, const uint8_t *a, const uint8_t *b, size_t row_byte_count, size_t count,
    size_t band_count, imgtool_block_sums *sums);

/// Turns words of 16 bits into pixels of three bytes: by a field's number, shifted down and masked, into
/// what the first 64 bytes of the band's table say, 256 bytes behind those of the band before.
size_t imgtool_decode_triples(
    imgtool_road road, const uint8_t *words, size_t count, bool is_big_endian, const uint8_t shifts[3],
    const uint8_t masks[3], const uint8_t *tables, uint8_t *pixels);
