#pragma once

#include "processor.h"
#include <stddef.h>
#include <stdint.h>

/// The filter of PNG, 0 to 4, that makes a row's sum of absolute differences least; of equals the first.
/// Without a row above it is 0 or 1.
///
/// `above` is NULL or as long as `row`; `left` says how many bytes before a byte the same byte of the
/// pixel to the left stands, 1 to 8.
uint8_t imgtool_png_cheapest_filter(
    imgtool_road road, const uint8_t *row, const uint8_t *above, size_t count, size_t left);

/// Writes a row filtered; without a row above, by filter 0 or 1.
void imgtool_png_filter_row(
    imgtool_road road, uint8_t filter, const uint8_t *row, const uint8_t *above, size_t count, size_t left,
    uint8_t *filtered);
