#pragma once

#include "processor.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Undoes the filters of rows of PNG that follow each other, each behind the byte of its filter.
///
/// `left` says how many bytes before a byte the same byte of the pixel to the left stands: 1, 2, 3, 4,
/// 6 or 8. `above` holds the row above the first one, zeros for none, and the last row afterwards. The
/// rows come without a gap into `rows`, which is apart from `filtered`; of the last byte of each the
/// bits of `mask` stay.
///
/// False, and nothing is written, for a byte that does not name a filter.
bool imgtool_png_unfilter_rows(
    imgtool_road road, const uint8_t *filtered, size_t row_count, size_t row_byte_count, size_t left,
    uint8_t mask, uint8_t *above, uint8_t *rows);
