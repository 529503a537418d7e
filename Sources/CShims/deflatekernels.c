#include "deflatekernels.h"

#include <string.h>

#define INLINE static inline __attribute__((always_inline))

INLINE uint64_t load_word(const uint8_t *from) {
  uint64_t word;
  memcpy(&word, from, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap64(word);
#endif
  return word;
}

INLINE void store_word(uint8_t *to, uint64_t word) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap64(word);
#endif
  memcpy(to, &word, sizeof word);
}

// Four tables, so that equal bytes in a row do not wait for each other.
void imgtool_histogram(const uint8_t *bytes, size_t count, uint32_t frequencies[256]) {
  uint32_t tables[4][256];
  memset(tables, 0, sizeof tables);
  size_t at = 0;
  for (; at + 8 <= count; at += 8) {
    uint64_t word = load_word(bytes + at);
    tables[0][word & 0xff]++;
    tables[1][word >> 8 & 0xff]++;
    tables[2][word >> 16 & 0xff]++;
    tables[3][word >> 24 & 0xff]++;
    tables[0][word >> 32 & 0xff]++;
    tables[1][word >> 40 & 0xff]++;
    tables[2][word >> 48 & 0xff]++;
    tables[3][word >> 56]++;
  }
  for (; at < count; at++) tables[0][bytes[at]]++;
  for (size_t value = 0; value < 256; value++)
    frequencies[value] = tables[0][value] + tables[1][value] + tables[2][value] + tables[3][value];
}

static size_t next_triple(const uint8_t *bytes, size_t at, size_t end) {
  for (; at + 3 <= end; at++) {
    uint8_t value = bytes[at - 1];
    if (bytes[at] == value && bytes[at + 1] == value && bytes[at + 2] == value) return at;
  }
  return end;
}

// The codes of four literals fit the 64 bits with what is left of a byte.
INLINE void put_literals(
    const imgtool_literal_codes *codes, const uint8_t *bytes, size_t count, imgtool_bits *state) {
  imgtool_bits to = *state;
  size_t at = 0;
  for (; at + 4 <= count; at += 4) {
    uint32_t a = codes->entries[bytes[at]], b = codes->entries[bytes[at + 1]];
    uint32_t c = codes->entries[bytes[at + 2]], d = codes->entries[bytes[at + 3]];
    uint64_t first = a >> 8 | (uint64_t)(b >> 8) << (a & 0xff);
    uint64_t second = c >> 8 | (uint64_t)(d >> 8) << (c & 0xff);
    uint64_t first_count = (a & 0xff) + (b & 0xff), second_count = (c & 0xff) + (d & 0xff);
    to.bits |= (first | second << first_count) << to.bit_count;
    to.bit_count += first_count + second_count;
    store_word(to.next, to.bits);
    to.next += to.bit_count >> 3;
    to.bits >>= to.bit_count & ~7ull;
    to.bit_count &= 7;
  }
  for (; at < count; at++) {
    uint32_t entry = codes->entries[bytes[at]];
    to.bits |= (uint64_t)(entry >> 8) << to.bit_count;
    to.bit_count += entry & 0xff;
  }
  store_word(to.next, to.bits);
  to.next += to.bit_count >> 3;
  to.bits >>= to.bit_count & ~7ull;
  to.bit_count &= 7;
  *state = to;
}

void imgtool_literal_codes_fill(imgtool_literal_codes *codes, const uint32_t entries[256]) {
  memcpy(codes->entries, entries, sizeof codes->entries);
  for (size_t value = 0; value < 256; value++) {
    codes->length[value] = (uint8_t)entries[value];
    codes->low[value] = (uint8_t)(entries[value] >> 8);
    codes->high[value] = (uint8_t)(entries[value] >> 16);
  }
}

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,bmi2")))
#define AVX512 __attribute__((target("avx2,bmi2,avx512f,avx512bw,avx512vl,avx512vbmi")))

AVX2 static void put_literals_avx2(
    const imgtool_literal_codes *codes, const uint8_t *bytes, size_t count, imgtool_bits *state) {
  put_literals(codes, bytes, count, state);
}

// Each of 64 bytes looked up in a table of 256.
AVX512 INLINE __m512i look_up(const uint8_t table[256], __m512i bytes, __mmask64 is_high) {
  __m512i low = _mm512_permutex2var_epi8(
      _mm512_loadu_si512(table), bytes, _mm512_loadu_si512(table + 64));
  __m512i high = _mm512_permutex2var_epi8(
      _mm512_loadu_si512(table + 128), bytes, _mm512_loadu_si512(table + 192));
  return _mm512_mask_blend_epi8(is_high, low, high);
}

// Joins the codes of four literals, each a 16-bit number with its length in another, and stores both.
AVX512 INLINE void join(__m512i codes, __m512i lengths, uint64_t joined[8], uint64_t counts[8]) {
  const __m512i low16 = _mm512_set1_epi32(0xffff), low32 = _mm512_set1_epi64(0xffffffff);
  __m512i first = _mm512_and_si512(lengths, low16);
  __m512i pairs = _mm512_or_si512(
      _mm512_and_si512(codes, low16), _mm512_sllv_epi32(_mm512_srli_epi32(codes, 16), first));
  __m512i sums = _mm512_add_epi32(first, _mm512_srli_epi32(lengths, 16));
  first = _mm512_and_si512(sums, low32);
  pairs = _mm512_or_si512(
      _mm512_and_si512(pairs, low32), _mm512_sllv_epi64(_mm512_srli_epi64(pairs, 32), first));
  _mm512_storeu_si512(joined, pairs);
  _mm512_storeu_si512(counts, _mm512_add_epi64(first, _mm512_srli_epi64(sums, 32)));
}

AVX512 static void put_literals_avx512(
    const imgtool_literal_codes *codes, const uint8_t *bytes, size_t count, imgtool_bits *state) {
  imgtool_bits to = *state;
  size_t at = 0;
  for (; at + 64 <= count; at += 64) {
    __m512i values = _mm512_loadu_si512(bytes + at);
    __mmask64 is_high = _mm512_movepi8_mask(values);
    __m512i low = look_up(codes->low, values, is_high);
    __m512i high = look_up(codes->high, values, is_high);
    __m512i lengths = look_up(codes->length, values, is_high);
    // Bytes are widened within parts of 16: the first 8 of each, then the others.
    uint64_t joined[2][8], counts[2][8];
    join(_mm512_unpacklo_epi8(low, high), _mm512_unpacklo_epi8(lengths, _mm512_setzero_si512()),
         joined[0], counts[0]);
    join(_mm512_unpackhi_epi8(low, high), _mm512_unpackhi_epi8(lengths, _mm512_setzero_si512()),
         joined[1], counts[1]);
#pragma clang loop unroll(full)
    for (size_t four = 0; four < 16; four++) {
      size_t half = four >> 1 & 1, place = (four >> 2) * 2 + (four & 1);
      to.bits |= joined[half][place] << to.bit_count;
      to.bit_count += counts[half][place];
      store_word(to.next, to.bits);
      to.next += to.bit_count >> 3;
      to.bits >>= to.bit_count & ~7ull;
      to.bit_count &= 7;
    }
  }
  *state = to;
  put_literals(codes, bytes + at, count - at, state);
}

AVX2 static size_t next_triple_avx2(const uint8_t *bytes, size_t at, size_t end) {
  // A triple that starts in the last two bytes of a block is not seen whole.
  for (; at + 32 <= end; at += 30) {
    __m256i here = _mm256_loadu_si256((const __m256i *)(bytes + at));
    __m256i before = _mm256_loadu_si256((const __m256i *)(bytes + at - 1));
    uint32_t equal = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(here, before));
    uint32_t triples = equal & equal >> 1 & equal >> 2;
    if (triples != 0) return at + (size_t)__builtin_ctz(triples);
  }
  return next_triple(bytes, at, end);
}

static size_t next_triple_sse2(const uint8_t *bytes, size_t at, size_t end) {
  for (; at + 16 <= end; at += 14) {
    __m128i here = _mm_loadu_si128((const __m128i *)(bytes + at));
    __m128i before = _mm_loadu_si128((const __m128i *)(bytes + at - 1));
    uint32_t equal = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(here, before));
    uint32_t triples = equal & equal >> 1 & equal >> 2;
    if (triples != 0) return at + (size_t)__builtin_ctz(triples);
  }
  return next_triple(bytes, at, end);
}

size_t imgtool_next_triple(imgtool_road road, const uint8_t *bytes, size_t at, size_t end) {
  return road >= IMGTOOL_ROAD_AVX2 ? next_triple_avx2(bytes, at, end)
                                   : next_triple_sse2(bytes, at, end);
}

void imgtool_write_literals(
    imgtool_road road, const imgtool_literal_codes *codes, const uint8_t *bytes, size_t count,
    imgtool_bits *bits) {
  switch (road) {
    case IMGTOOL_ROAD_AVX512: return put_literals_avx512(codes, bytes, count, bits);
    case IMGTOOL_ROAD_AVX2: return put_literals_avx2(codes, bytes, count, bits);
    case IMGTOOL_ROAD_PLAIN: put_literals(codes, bytes, count, bits);
  }
}
#else
size_t imgtool_next_triple(imgtool_road road, const uint8_t *bytes, size_t at, size_t end) {
  (void)road;
  return next_triple(bytes, at, end);
}

void imgtool_write_literals(
    imgtool_road road, const imgtool_literal_codes *codes, const uint8_t *bytes, size_t count,
    imgtool_bits *bits) {
  (void)road;
  put_literals(codes, bytes, count, bits);
}
#endif
