#include "pngfilter.h"

#include <stdbool.h>
#include <string.h>

#define WIDTH 16
#define TARGET
#define NAME(what) plain_##what
#if defined(__x86_64__)
#include <immintrin.h>
#define SUMS(bytes) ((plain_words)_mm_sad_epu8((__m128i)(bytes), _mm_setzero_si128()))
#else
// First in pairs, then by a multiplication.
#define SUMS(bytes)                                                                              \
  (((((plain_words)(bytes) & 0x00ff00ff00ff00ff) +                                              \
     ((plain_words)(bytes) >> 8 & 0x00ff00ff00ff00ff)) *                                        \
    0x0001000100010001) >>                                                                       \
   48)
#endif
#include "pngfilterroad.h"

#if defined(__x86_64__)
#define WIDTH 32
#define TARGET __attribute__((target("avx2,bmi2")))
#define NAME(what) avx2_##what
#define SUMS(bytes) ((avx2_words)_mm256_sad_epu8((__m256i)(bytes), _mm256_setzero_si256()))
#include "pngfilterroad.h"
#endif

uint8_t imgtool_png_cheapest_filter(
    imgtool_road road, const uint8_t *row, const uint8_t *above, size_t count, size_t left) {
#if defined(__x86_64__)
  if (road >= IMGTOOL_ROAD_AVX2) return avx2_cheapest(row, above, count, left);
#endif
  (void)road;
  return plain_cheapest(row, above, count, left);
}

void imgtool_png_filter_row(
    imgtool_road road, uint8_t filter, const uint8_t *row, const uint8_t *above, size_t count, size_t left,
    uint8_t *filtered) {
#if defined(__x86_64__)
  if (road >= IMGTOOL_ROAD_AVX2) return avx2_row(filter, row, above, count, left, filtered);
#endif
  (void)road;
  plain_row(filter, row, above, count, left, filtered);
}
