#include "deflatekernels.h"
#include "bytes.h"

#include <string.h>

#define INLINE static inline __attribute__((always_inline))

INLINE void store_word(uint8_t *to, uint64_t word) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap64(word);
#endif
  memcpy(to, &word, sizeof word);
}

// Four tables, so that equal bytes in a row do not wait for each other; flat parts are counted at once.
void imgtool_histogram(const uint8_t *bytes, size_t count, uint32_t frequencies[256]) {
  uint32_t tables[4][256];
  memset(tables, 0, sizeof tables);
  size_t at = 0;
  for (; at + 16 <= count; at += 16) {
    uint64_t words[2] = {imgtool_load_word(bytes + at), imgtool_load_word(bytes + at + 8)};
    if (words[0] == words[1] && words[0] == (words[0] << 8 | words[0] >> 56)) {
      tables[0][words[0] & 0xff] += 16;
      continue;
    }
#pragma clang loop unroll(full)
    for (int byte = 0; byte < 16; byte++) {
      tables[byte & 3][words[byte / 8] >> 8 * (byte & 7) & 0xff]++;
    }
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

INLINE void put_word(imgtool_bits *to, uint64_t word, uint64_t count) {
  to->bits |= word << to->bit_count;
  to->bit_count += count;
  store_word(to->next, to->bits);
  to->next += to->bit_count >> 3;
  to->bits >>= to->bit_count & ~7ull;
  to->bit_count &= 7;
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
    put_word(&to, first | second << first_count, first_count + second_count);
  }
  for (; at < count; at++) {
    uint32_t entry = codes->entries[bytes[at]];
    put_word(&to, entry >> 8, entry & 0xff);
  }
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

// Codes of neighbors joined, each pair in a place of twice the width, and how many bits they have.
typedef struct {
  __m512i codes, counts;
} joined;

AVX512 INLINE joined join_16(__m512i codes, __m512i counts) {
  const __m512i low = _mm512_set1_epi32(0xffff);
  __m512i first = _mm512_and_si512(counts, low);
  return (joined){
      _mm512_or_si512(_mm512_and_si512(codes, low),
                      _mm512_sllv_epi32(_mm512_srli_epi32(codes, 16), first)),
      _mm512_add_epi32(first, _mm512_srli_epi32(counts, 16))};
}

AVX512 INLINE joined join_32(joined pairs) {
  const __m512i low = _mm512_set1_epi64(0xffffffff);
  __m512i first = _mm512_and_si512(pairs.counts, low);
  return (joined){
      _mm512_or_si512(_mm512_and_si512(pairs.codes, low),
                      _mm512_sllv_epi64(_mm512_srli_epi64(pairs.codes, 32), first)),
      _mm512_add_epi64(first, _mm512_srli_epi64(pairs.counts, 32))};
}

// Only the even places hold something then, and only if it fits.
AVX512 INLINE joined join_64(joined fours) {
  return (joined){
      _mm512_or_si512(fours.codes,
                      _mm512_sllv_epi64(_mm512_bsrli_epi128(fours.codes, 8), fours.counts)),
      _mm512_add_epi64(fours.counts, _mm512_bsrli_epi128(fours.counts, 8))};
}

AVX512 static void put_literals_avx512(
    const imgtool_literal_codes *codes, const uint8_t *bytes, size_t count, imgtool_bits *state) {
  // With what is left of a byte they must be less than 64.
  const __m512i most = _mm512_set1_epi64(56);
  imgtool_bits to = *state;
  size_t at = 0;
  for (; at + 64 <= count; at += 64) {
    __m512i values = _mm512_loadu_si512(bytes + at);
    __mmask64 is_high = _mm512_movepi8_mask(values);
    __m512i low = look_up(codes->low, values, is_high);
    __m512i high = look_up(codes->high, values, is_high);
    __m512i lengths = look_up(codes->length, values, is_high), none = _mm512_setzero_si512();
    // Bytes are widened within parts of 16: the first 8 of each, then the others.
    joined first = join_32(join_16(
        _mm512_unpacklo_epi8(low, high), _mm512_unpacklo_epi8(lengths, none)));
    joined other = join_32(join_16(
        _mm512_unpackhi_epi8(low, high), _mm512_unpackhi_epi8(lengths, none)));
    joined eights[2] = {join_64(first), join_64(other)};
    __mmask8 too_many = _mm512_cmpgt_epu64_mask(eights[0].counts, most) |
                        _mm512_cmpgt_epu64_mask(eights[1].counts, most);
    uint64_t words[2][8], sizes[2][8];
    if (too_many & 0x55) {
      _mm512_storeu_si512(words[0], first.codes), _mm512_storeu_si512(sizes[0], first.counts);
      _mm512_storeu_si512(words[1], other.codes), _mm512_storeu_si512(sizes[1], other.counts);
      for (size_t part = 0; part < 8; part += 2) {
        for (size_t half = 0; half < 2; half++) {
          put_word(&to, words[half][part], sizes[half][part]);
          put_word(&to, words[half][part + 1], sizes[half][part + 1]);
        }
      }
      continue;
    }
    for (size_t half = 0; half < 2; half++) {
      _mm512_storeu_si512(words[half], eights[half].codes);
      _mm512_storeu_si512(sizes[half], eights[half].counts);
    }
#pragma clang loop unroll(full)
    for (size_t part = 0; part < 8; part += 2) {
      put_word(&to, words[0][part], sizes[0][part]);
      put_word(&to, words[1][part], sizes[1][part]);
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
