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

// Bytes `from` to `to` of a row.
static void plain_part(
    uint8_t filter, const uint8_t *x, const uint8_t *above, size_t from, size_t to, size_t left, uint8_t *row) {
  for (size_t i = from; i < to; i++) {
    uint8_t a = i < left ? 0 : row[i - left], b = above[i], c = i < left ? 0 : above[i - left], guess = 0;
    switch (filter) {
      case 1: guess = a; break;
      case 2: guess = b; break;
      case 3: guess = (uint8_t)((a + b) / 2); break;
      case 4: guess = paeth(a, b, c); break;
    }
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
    default: plain_part(filter, x, above, 0, count, left, row);
  }
}
#else
static void vector_row(
    uint8_t filter, const uint8_t *x, const uint8_t *above, size_t count, size_t left, uint8_t *row) {
  plain_part(filter, x, above, 0, count, left, row);
}
#endif

#if defined(__x86_64__)
#include <immintrin.h>

// Four rows at once, since each pixel waits for the one to the left, and rows only for the one above: of the
// pixels that a step makes, each is two to the left of that in the row above. The rows have whatever filters:
// each is Paeth's with none of `a`, `b` or `c`, or the average.
enum { GROUP = 4, LAG = 2, GROUP_PIXELS = 16 };

INLINE int load_pixel(const uint8_t *from) {
  int pixel;
  memcpy(&pixel, from, 4);
  return pixel;
}

#define EACH(value) _mm256_set_epi64x(value(3), value(2), value(1), value(0))

__attribute__((target("avx2"))) INLINE __m256i pixels(int a, int b, int c, int d) {
  return _mm256_cvtepu8_epi16(_mm_set_epi32(d, c, b, a));
}

// The rows' pixels are read and written four bytes at once, whatever is behind: the last ones are left to
// the plain road, which makes the first ones of the upper rows as well.
__attribute__((target("avx2"))) INLINE void unfilter_group(
    const uint8_t *filtered, const uint8_t *above, size_t count, size_t left, uint8_t *rows) {
  const uint8_t *x[GROUP], *up[GROUP];
  uint8_t *row[GROUP], filter[GROUP];
  for (size_t k = 0; k < GROUP; k++) {
    filter[k] = filtered[k * (count + 1)];
    x[k] = filtered + k * (count + 1) + 1;
    row[k] = rows + k * count;
    up[k] = k == 0 ? above : row[k - 1];
    plain_part(filter[k], x[k], up[k], 0, (GROUP - 1 - k) * LAG * left, left, row[k]);
  }
#define HAS_A(k) -(long long)(filter[k] == 1 || filter[k] >= 3)
#define HAS_B(k) -(long long)(filter[k] >= 2)
#define HAS_C(k) -(long long)(filter[k] == 4)
#define IS_MEAN(k) -(long long)(filter[k] == 3)
  const __m256i has_a = EACH(HAS_A), has_b = EACH(HAS_B), has_c = EACH(HAS_C), is_mean = EACH(IS_MEAN);
  // What was made one step and two steps before, and what was above one step before.
  size_t first = (GROUP - 1) * LAG, at = first * left, lag = LAG * left;
#define BEFORE(k, steps) load_pixel(row[k] + at - k * lag - steps * left)
  __m256i a = pixels(BEFORE(0, 1), BEFORE(1, 1), BEFORE(2, 1), 0);
  __m256i made = pixels(BEFORE(0, 2), BEFORE(1, 2), BEFORE(2, 2), 0);
  __m256i c = pixels(load_pixel(above + at - left), BEFORE(0, (1 + LAG)), BEFORE(1, (1 + LAG)), 0);
  for (; at + 4 <= count; at += left) {
    __m256i d = pixels(
        load_pixel(x[0] + at), load_pixel(x[1] + at - lag), load_pixel(x[2] + at - 2 * lag),
        load_pixel(x[3] + at - 3 * lag));
    __m256i top = _mm256_castsi128_si256(_mm_cvtepu8_epi16(_mm_cvtsi32_si128(load_pixel(above + at))));
    __m256i b = _mm256_blend_epi32(_mm256_permute4x64_epi64(made, 0x90), top, 3);
    made = a;
    __m256i some_a = _mm256_and_si256(a, has_a), some_b = _mm256_and_si256(b, has_b);
    __m256i some_c = _mm256_and_si256(c, has_c);
    __m256i b_less_c = _mm256_sub_epi16(some_b, some_c), a_less_c = _mm256_sub_epi16(some_a, some_c);
    __m256i to_a = _mm256_abs_epi16(b_less_c), to_b = _mm256_abs_epi16(a_less_c);
    __m256i to_c = _mm256_abs_epi16(_mm256_add_epi16(b_less_c, a_less_c));
    __m256i least = _mm256_min_epi16(_mm256_min_epi16(to_a, to_b), to_c);
    __m256i guess = _mm256_blendv_epi8(some_c, some_b, _mm256_cmpeq_epi16(least, to_b));
    guess = _mm256_blendv_epi8(guess, some_a, _mm256_cmpeq_epi16(least, to_a));
    __m256i mean = _mm256_srli_epi16(_mm256_add_epi16(some_a, some_b), 1);
    a = _mm256_add_epi8(d, _mm256_blendv_epi8(guess, mean, is_mean));
    c = b;
    __m256i bytes = _mm256_packus_epi16(a, a);
    uint64_t upper = (uint64_t)_mm256_extract_epi64(bytes, 0), lower = (uint64_t)_mm256_extract_epi64(bytes, 2);
    memcpy(row[0] + at, &upper, 4);
    upper >>= 32;
    memcpy(row[1] + at - lag, &upper, 4);
    memcpy(row[2] + at - 2 * lag, &lower, 4);
    lower >>= 32;
    memcpy(row[3] + at - 3 * lag, &lower, 4);
  }
  for (size_t k = 0; k < GROUP; k++)
    plain_part(filter[k], x[k], up[k], at - k * lag, count, left, row[k]);
}

// False where the rows do not suit.
__attribute__((target("avx2"))) static bool group(
    const uint8_t *filtered, const uint8_t *above, size_t count, size_t left, uint8_t *rows) {
  if (count < GROUP_PIXELS * left) return false;
  switch (left) {
    case 1: unfilter_group(filtered, above, count, 1, rows); return true;
    case 2: unfilter_group(filtered, above, count, 2, rows); return true;
    case 3: unfilter_group(filtered, above, count, 3, rows); return true;
    case 4: unfilter_group(filtered, above, count, 4, rows); return true;
    default: return false;
  }
}
#endif

bool imgtool_png_unfilter_rows(
    imgtool_road road, const uint8_t *filtered, size_t row_count, size_t row_byte_count, size_t left,
    uint8_t mask, uint8_t *above, uint8_t *rows) {
  for (size_t index = 0; index < row_count; index++)
    if (filtered[index * (row_byte_count + 1)] > 4) return false;
  const uint8_t *before = above;
  for (size_t index = 0; index < row_count;) {
    const uint8_t *x = filtered + index * (row_byte_count + 1) + 1;
    uint8_t filter = x[-1], *row = rows + index * row_byte_count;
#if defined(__x86_64__)
    // The other filters are faster row by row.
    if (road != IMGTOOL_ROAD_PLAIN && filter >= 3 && row_count - index >= GROUP &&
        group(x - 1, before, row_byte_count, left, row)) {
      index += GROUP;
      before = rows + (index - 1) * row_byte_count;
      continue;
    }
#endif
    switch (filter) {
      case 0: memcpy(row, x, row_byte_count); break;
      case 2: unfilter_up(x, before, row_byte_count, row); break;
      default: vector_row(filter, x, before, row_byte_count, left, row);
    }
    before = row;
    index++;
  }
  if (row_count == 0) return true;
  memcpy(above, before, row_byte_count);
  // Filters see the bits behind a row, whoever reads it does not.
  if (mask != 0xff)
    for (size_t index = 1; index <= row_count; index++) rows[index * row_byte_count - 1] &= mask;
  return true;
}
