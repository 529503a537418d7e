#include "pngunfilter.h"

#include <stdlib.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

// The row above the byte, or the byte itself, has nothing to do with its neighbors: compilers make
// vectors of it.
static void unfilter_up(
    const uint8_t *restrict x, const uint8_t *restrict above, size_t count, uint8_t *restrict row) {
  for (size_t i = 0; i < count; i++) row[i] = (uint8_t)(x[i] + above[i]);
}

static uint8_t paeth(int a, int b, int c) {
  int to_a = abs(b - c), to_b = abs(a - c), to_c = abs(a + b - 2 * c);
  if (to_a <= to_b && to_a <= to_c) return (uint8_t)a;
  return (uint8_t)(to_b <= to_c ? b : c);
}

static void plain_row(
    uint8_t filter, const uint8_t *x, const uint8_t *above, size_t count, size_t left, uint8_t *row) {
  for (size_t i = 0; i < count; i++) {
    uint8_t a = i < left ? 0 : row[i - left], c = i < left ? 0 : above[i - left];
    uint8_t guess = filter == 1 ? a : filter == 3 ? (uint8_t)((a + above[i]) / 2)
                                                  : paeth(a, above[i], c);
    row[i] = (uint8_t)(x[i] + guess);
  }
}

#if defined(__SSE2__)
#include <emmintrin.h>

INLINE uint64_t load2(const uint8_t *from) {
  uint16_t word;
  memcpy(&word, from, sizeof word);
  return word;
}

INLINE uint64_t load4(const uint8_t *from) {
  uint32_t word;
  memcpy(&word, from, sizeof word);
  return word;
}

// A pixel, in the low bytes of a register. It is joined there: a copy by `memcpy` of 3 or 6 bytes would
// go through memory, which waits for stores of other widths.
INLINE __m128i load(const uint8_t *from, size_t left) {
  uint64_t pixel;
  switch (left) {
    case 1: pixel = from[0]; break;
    case 2: pixel = load2(from); break;
    case 3: pixel = load2(from) | (uint64_t)from[2] << 16; break;
    case 4: pixel = load4(from); break;
    case 6: pixel = load4(from) | load2(from + 4) << 32; break;
    default: pixel = load4(from) | load4(from + 4) << 32;
  }
  return _mm_cvtsi64_si128((long long)pixel);
}

INLINE void store(uint8_t *to, __m128i bytes, size_t left) {
  uint64_t pixel = (uint64_t)_mm_cvtsi128_si64(bytes);
  uint32_t four = (uint32_t)pixel;
  uint16_t two = (uint16_t)(left == 6 ? pixel >> 32 : pixel);
  if (left == 8) memcpy(to, &pixel, 8);
  if (left == 4 || left == 6) memcpy(to, &four, 4);
  if (left == 6) memcpy(to + 4, &two, 2);
  if (left == 2 || left == 3) memcpy(to, &two, 2);
  if (left == 3) to[2] = (uint8_t)(pixel >> 16);
  if (left == 1) to[0] = (uint8_t)pixel;
}

INLINE void sub_row(const uint8_t *x, size_t count, size_t left, uint8_t *row) {
  __m128i a = _mm_setzero_si128();
  for (size_t i = 0; i < count; i += left) {
    a = _mm_add_epi8(a, load(x + i, left));
    store(row + i, a, left);
  }
}

INLINE void average_row(
    const uint8_t *x, const uint8_t *above, size_t count, size_t left, uint8_t *row) {
  __m128i a = _mm_setzero_si128(), one = _mm_set1_epi8(1);
  for (size_t i = 0; i < count; i += left) {
    __m128i b = load(above + i, left);
    // The instruction rounds up.
    __m128i odd = _mm_and_si128(_mm_xor_si128(a, b), one);
    a = _mm_add_epi8(load(x + i, left), _mm_sub_epi8(_mm_avg_epu8(a, b), odd));
    store(row + i, a, left);
  }
}

// In 16 bits a sample. Each step waits for the pixel before it: what needs no `a` is made beside that.
INLINE void paeth_row(
    const uint8_t *x, const uint8_t *above, size_t count, size_t left, uint8_t *row) {
  __m128i zero = _mm_setzero_si128(), a = zero, c = zero;
  for (size_t i = 0; i < count; i += left) {
    __m128i b = _mm_unpacklo_epi8(load(above + i, left), zero);
    __m128i d = _mm_unpacklo_epi8(load(x + i, left), zero);
    __m128i from_c = _mm_sub_epi16(b, c), twice = _mm_sub_epi16(from_c, c);
    __m128i to_a = _mm_max_epi16(from_c, _mm_sub_epi16(c, b));
    __m128i to_b = _mm_max_epi16(_mm_sub_epi16(a, c), _mm_sub_epi16(c, a));
    __m128i to_c =
        _mm_max_epi16(_mm_add_epi16(a, twice), _mm_sub_epi16(_mm_sub_epi16(zero, twice), a));
    __m128i least = _mm_min_epi16(_mm_min_epi16(to_a, to_b), to_c);
    __m128i is_a = _mm_cmpeq_epi16(least, to_a), is_b = _mm_cmpeq_epi16(least, to_b);
    __m128i b_or_c = _mm_or_si128(_mm_and_si128(is_b, b), _mm_andnot_si128(is_b, c));
    __m128i guess = _mm_or_si128(_mm_and_si128(is_a, a), _mm_andnot_si128(is_a, b_or_c));
    a = _mm_add_epi8(d, guess);
    c = b;
    store(row + i, _mm_packus_epi16(a, a), left);
  }
}

#define ROWS(LEFT)                                              \
  case LEFT:                                                    \
    if (filter == 1) sub_row(x, count, LEFT, row);              \
    if (filter == 3) average_row(x, above, count, LEFT, row);   \
    if (filter == 4) paeth_row(x, above, count, LEFT, row);     \
    return;

static void vector_row(
    uint8_t filter, const uint8_t *x, const uint8_t *above, size_t count, size_t left, uint8_t *row) {
  switch (left) {
    ROWS(1) ROWS(2) ROWS(3) ROWS(4) ROWS(6) ROWS(8)
    default: plain_row(filter, x, above, count, left, row);
  }
}
#else
#define vector_row plain_row
#endif

bool imgtool_png_unfilter_rows(
    bool vectors, const uint8_t *filtered, size_t row_count, size_t row_byte_count, size_t left,
    uint8_t mask, uint8_t *above, uint8_t *rows) {
  const uint8_t *before = above;
  for (size_t index = 0; index < row_count; index++) {
    uint8_t filter = filtered[index * (row_byte_count + 1)];
    const uint8_t *x = filtered + index * (row_byte_count + 1) + 1;
    uint8_t *row = rows + index * row_byte_count;
    if (filter > 4) return false;
    if (filter == 0) {
      memcpy(row, x, row_byte_count);
    } else if (filter == 2) {
      unfilter_up(x, before, row_byte_count, row);
    } else if (vectors && row_byte_count % left == 0) {
      vector_row(filter, x, before, row_byte_count, left, row);
    } else {
      plain_row(filter, x, before, row_byte_count, left, row);
    }
    before = row;
  }
  if (row_count == 0) return true;
  memcpy(above, before, row_byte_count);
  // Filters see the bits behind a row, whoever reads it does not.
  if (mask != 0xff)
    for (size_t index = 1; index <= row_count; index++) rows[index * row_byte_count - 1] &= mask;
  return true;
}
