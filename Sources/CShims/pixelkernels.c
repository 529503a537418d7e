#include "pixelkernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))
#define INLINE static inline __attribute__((always_inline))

// Half a register of pixels, put so that four bytes of one band stand together: four times four of one
// band, twice four of two bands two times, four of each of three bands and four of none, four of four.
static const int8_t groups[4][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {0, 2, 4, 6, 1, 3, 5, 7, 8, 10, 12, 14, 9, 11, 13, 15},
    {0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11, -1, -1, -1, -1},
    {0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15},
};

// The bytes of half a register that are pixels.
INLINE size_t half_byte_count(size_t band_count) { return band_count == 3 ? 12 : 16; }

AVX2 INLINE __m256i both_halves(const void *from) {
  return _mm256_broadcastsi128_si256(_mm_loadu_si128(from));
}

AVX2 INLINE __m256i load_halves(const uint8_t *first, const uint8_t *second) {
  __m256i low = _mm256_castsi128_si256(_mm_loadu_si128((const void *)first));
  return _mm256_inserti128_si256(low, _mm_loadu_si128((const void *)second), 1);
}

// The sums of four bytes each.
AVX2 INLINE __m256i sums_of_four(__m256i bytes) {
  __m256i pairs = _mm256_maddubs_epi16(bytes, _mm256_set1_epi8(1));
  return _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
}

AVX2 static size_t byte_errors(
    const uint8_t *a, const uint8_t *b, size_t count, size_t band_count, imgtool_error_sums *sums) {
  // So many times two squares are less than 2³².
  enum { RUN = 16384 };
  const size_t half = half_byte_count(band_count), byte_count = count * band_count;
  const __m256i order = both_halves(groups[band_count - 1]), zero = _mm256_setzero_si256();
  __m256i maximum = zero;
  size_t at = 0;
  while (byte_count - at >= half + 16) {
    __m256i absolute = zero, low = zero, high = zero;
    for (int step = 0; step < RUN && byte_count - at >= half + 16; step++, at += 2 * half) {
      __m256i x = load_halves(a + at, a + at + half), y = load_halves(b + at, b + at + half);
      __m256i error = _mm256_or_si256(_mm256_subs_epu8(x, y), _mm256_subs_epu8(y, x));
      error = _mm256_shuffle_epi8(error, order);
      maximum = _mm256_max_epu8(maximum, error);
      absolute = _mm256_add_epi32(absolute, sums_of_four(error));
      __m256i first = _mm256_unpacklo_epi8(error, zero), second = _mm256_unpackhi_epi8(error, zero);
      low = _mm256_add_epi32(low, _mm256_madd_epi16(first, first));
      high = _mm256_add_epi32(high, _mm256_madd_epi16(second, second));
    }
    uint32_t absolutes[8], lows[8], highs[8];
    _mm256_storeu_si256((void *)absolutes, absolute);
    _mm256_storeu_si256((void *)lows, low);
    _mm256_storeu_si256((void *)highs, high);
    for (size_t lane = 0; lane < 8; lane++) {
      // Four bytes are one sum of errors, and two of squares.
      size_t group = lane % 4;
      uint32_t *squares = (group < 2 ? lows : highs) + lane / 4 * 4 + group % 2 * 2;
      if (band_count == 3 && group == 3) continue;
      imgtool_error_sums *band = &sums[group % band_count];
      band->absolute += absolutes[lane];
      band->squared += (uint64_t)squares[0] + squares[1];
    }
  }
  uint8_t largest[32];
  _mm256_storeu_si256((void *)largest, maximum);
  for (size_t i = 0; i < 32; i++) {
    size_t group = i % 16 / 4;
    if (band_count == 3 && group == 3) continue;
    imgtool_error_sums *band = &sums[group % band_count];
    if (largest[i] > band->maximum) band->maximum = largest[i];
  }
  return at / band_count;
}

// The sums of the squares and products of four bytes each.
typedef struct sums_of_products {
  __m256i low, high;
} sums_of_products;

AVX2 INLINE void add_products(sums_of_products *sums, __m256i x, __m256i y) {
  const __m256i zero = _mm256_setzero_si256();
  sums->low = _mm256_add_epi32(
      sums->low, _mm256_madd_epi16(_mm256_unpacklo_epi8(x, zero), _mm256_unpacklo_epi8(y, zero)));
  sums->high = _mm256_add_epi32(
      sums->high, _mm256_madd_epi16(_mm256_unpackhi_epi8(x, zero), _mm256_unpackhi_epi8(y, zero)));
}

AVX2 static size_t byte_blocks(
    const uint8_t *a, const uint8_t *b, size_t row_byte_count, size_t count, size_t band_count,
    imgtool_block_sums *sums) {
  const size_t half = half_byte_count(band_count);
  const __m256i order = both_halves(groups[band_count - 1]);
  // The sums in half a register that are of a band.
  const size_t used = band_count == 3 ? 3 : 4;
  const size_t byte_count = count * 4 * band_count;
  size_t at = 0, sum = 0;
  while (byte_count - at >= half + 16) {
    __m256i first = _mm256_setzero_si256(), second = first;
    sums_of_products squares = {first, first}, products = squares;
    for (size_t row = 0; row < 4; row++) {
      const uint8_t *one = a + row * row_byte_count + at, *other = b + row * row_byte_count + at;
      __m256i x = _mm256_shuffle_epi8(load_halves(one, one + half), order);
      __m256i y = _mm256_shuffle_epi8(load_halves(other, other + half), order);
      first = _mm256_add_epi32(first, sums_of_four(x));
      second = _mm256_add_epi32(second, sums_of_four(y));
      add_products(&squares, x, x);
      add_products(&squares, y, y);
      add_products(&products, x, y);
    }
    __m256i square = _mm256_hadd_epi32(squares.low, squares.high);
    __m256i product = _mm256_hadd_epi32(products.low, products.high);
    // Four sums of each kind become those of four blocks or bands.
    __m256i low = _mm256_unpacklo_epi32(first, second), high = _mm256_unpackhi_epi32(first, second);
    __m256i low2 = _mm256_unpacklo_epi32(square, product), high2 = _mm256_unpackhi_epi32(square, product);
    __m256i parts[4] = {
        _mm256_unpacklo_epi64(low, low2), _mm256_unpackhi_epi64(low, low2),
        _mm256_unpacklo_epi64(high, high2), _mm256_unpackhi_epi64(high, high2)};
    for (size_t part = 0; part < used; part++) {
      _mm_storeu_si128((void *)(sums + sum + part), _mm256_castsi256_si128(parts[part]));
      _mm_storeu_si128((void *)(sums + sum + used + part), _mm256_extracti128_si256(parts[part], 1));
    }
    at += 2 * half;
    sum += 2 * used;
  }
  return sum / band_count;
}

// Where the bytes of three bands come from in 16 pixels of three bytes.
static const int8_t triples[3][3][16] = {
    {{0, -1, -1, 1, -1, -1, 2, -1, -1, 3, -1, -1, 4, -1, -1, 5},
     {-1, 0, -1, -1, 1, -1, -1, 2, -1, -1, 3, -1, -1, 4, -1, -1},
     {-1, -1, 0, -1, -1, 1, -1, -1, 2, -1, -1, 3, -1, -1, 4, -1}},
    {{-1, -1, 6, -1, -1, 7, -1, -1, 8, -1, -1, 9, -1, -1, 10, -1},
     {5, -1, -1, 6, -1, -1, 7, -1, -1, 8, -1, -1, 9, -1, -1, 10},
     {-1, 5, -1, -1, 6, -1, -1, 7, -1, -1, 8, -1, -1, 9, -1, -1}},
    {{-1, 11, -1, -1, 12, -1, -1, 13, -1, -1, 14, -1, -1, 15, -1, -1},
     {-1, -1, 11, -1, -1, 12, -1, -1, 13, -1, -1, 14, -1, -1, 15, -1},
     {10, -1, -1, 11, -1, -1, 12, -1, -1, 13, -1, -1, 14, -1, -1, 15}},
};

// What a table of 64 bytes says.
AVX2 INLINE __m256i look_up(const __m256i table[4], __m256i numbers) {
  const __m256i bit4 = _mm256_slli_epi16(numbers, 3), bit5 = _mm256_slli_epi16(numbers, 2);
  __m256i low = _mm256_blendv_epi8(
      _mm256_shuffle_epi8(table[0], numbers), _mm256_shuffle_epi8(table[1], numbers), bit4);
  __m256i high = _mm256_blendv_epi8(
      _mm256_shuffle_epi8(table[2], numbers), _mm256_shuffle_epi8(table[3], numbers), bit4);
  return _mm256_blendv_epi8(low, high, bit5);
}

AVX2 static size_t decode_triples(
    const uint8_t *words, size_t count, bool is_big_endian, const uint8_t shifts[3], const uint8_t masks[3],
    const uint8_t *tables, uint8_t *pixels) {
  __m256i table[3][4], order[3][3], mask[3];
  __m128i shift[3];
  for (int band = 0; band < 3; band++) {
    for (int part = 0; part < 4; part++) table[band][part] = both_halves(tables + 256 * band + 16 * part);
    for (int part = 0; part < 3; part++) order[part][band] = both_halves(triples[part][band]);
    mask[band] = _mm256_set1_epi16(masks[band]);
    shift[band] = _mm_cvtsi32_si128(shifts[band]);
  }
  const __m256i swapped = _mm256_setr_epi8(
      1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
  size_t x = 0;
  for (; count - x >= 32; x += 32) {
    const uint8_t *from = words + 2 * x;
    // Pixels 0 to 7 and 16 to 23, then the others: packed, each half has 16 in order.
    __m256i one = load_halves(from, from + 32), other = load_halves(from + 16, from + 48);
    if (is_big_endian) {
      one = _mm256_shuffle_epi8(one, swapped);
      other = _mm256_shuffle_epi8(other, swapped);
    }
    __m256i bands[3];
    for (int band = 0; band < 3; band++) {
      __m256i low = _mm256_and_si256(_mm256_srl_epi16(one, shift[band]), mask[band]);
      __m256i high = _mm256_and_si256(_mm256_srl_epi16(other, shift[band]), mask[band]);
      bands[band] = look_up(table[band], _mm256_packus_epi16(low, high));
    }
    for (int part = 0; part < 3; part++) {
      __m256i bytes = _mm256_or_si256(
          _mm256_shuffle_epi8(bands[0], order[part][0]),
          _mm256_or_si256(
              _mm256_shuffle_epi8(bands[1], order[part][1]), _mm256_shuffle_epi8(bands[2], order[part][2])));
      uint8_t *to = pixels + 3 * x + 16 * part;
      _mm_storeu_si128((void *)to, _mm256_castsi256_si128(bytes));
      _mm_storeu_si128((void *)(to + 48), _mm256_extracti128_si256(bytes, 1));
    }
  }
  return x;
}

size_t imgtool_byte_errors(
    imgtool_road road, const uint8_t *a, const uint8_t *b, size_t count, size_t band_count,
    imgtool_error_sums *sums) {
  return road == IMGTOOL_ROAD_PLAIN ? 0 : byte_errors(a, b, count, band_count, sums);
}

size_t imgtool_byte_blocks(
    imgtool_road road, const uint8_t *a, const uint8_t *b, size_t row_byte_count, size_t count,
    size_t band_count, imgtool_block_sums *sums) {
  return road == IMGTOOL_ROAD_PLAIN ? 0 : byte_blocks(a, b, row_byte_count, count, band_count, sums);
}

size_t imgtool_decode_triples(
    imgtool_road road, const uint8_t *words, size_t count, bool is_big_endian, const uint8_t shifts[3],
    const uint8_t masks[3], const uint8_t *tables, uint8_t *pixels) {
  return road == IMGTOOL_ROAD_PLAIN
             ? 0 : decode_triples(words, count, is_big_endian, shifts, masks, tables, pixels);
}
#else
size_t imgtool_byte_errors(
    imgtool_road road, const uint8_t *a, const uint8_t *b, size_t count, size_t band_count,
    imgtool_error_sums *sums) {
  return 0;
}

size_t imgtool_byte_blocks(
    imgtool_road road, const uint8_t *a, const uint8_t *b, size_t row_byte_count, size_t count,
    size_t band_count, imgtool_block_sums *sums) {
  return 0;
}

size_t imgtool_decode_triples(
    imgtool_road road, const uint8_t *words, size_t count, bool is_big_endian, const uint8_t shifts[3],
    const uint8_t masks[3], const uint8_t *tables, uint8_t *pixels) {
  return 0;
}
#endif
