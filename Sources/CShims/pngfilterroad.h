// One road of pngfilter.c, which includes this once for each: NAME gives names to what it defines, WIDTH
// says how many bytes a vector has, TARGET which instructions may be used, and SUMS adds the bytes of a
// vector up in parts of 8.
//
// All stays in bytes: no sum of two of them is formed that does not fit one.

#define INLINE TARGET static inline __attribute__((always_inline))

typedef uint8_t NAME(bytes) __attribute__((vector_size(WIDTH)));
typedef uint64_t NAME(words) __attribute__((vector_size(WIDTH)));
#define BYTES NAME(bytes)
#define WORDS NAME(words)

INLINE BYTES NAME(load)(const uint8_t *from) {
  BYTES block;
  memcpy(&block, from, sizeof block);
  return block;
}

// `count` bytes behind `before` zeros, and zeros behind them.
INLINE BYTES NAME(part)(const uint8_t *from, size_t count, size_t before) {
  uint8_t padded[2 * WIDTH] = {0};
  memcpy(padded + before, from, count);
  return NAME(load)(padded);
}

INLINE BYTES NAME(lesser)(BYTES a, BYTES b) { return __builtin_elementwise_min(a, b); }

INLINE BYTES NAME(difference)(BYTES a, BYTES b) {
  return __builtin_elementwise_max(a, b) - __builtin_elementwise_min(a, b);
}

// Each byte of `yes` where that of `mask` is all ones, that of `no` where it is zero.
INLINE BYTES NAME(chosen)(BYTES mask, BYTES yes, BYTES no) { return (mask & yes) | (~mask & no); }

// The mean of each pair, rounded down.
INLINE BYTES NAME(average)(BYTES a, BYTES b) {
  return (a & b) + ((BYTES)((WORDS)(a ^ b) >> 1) & 0x7f);
}

// That of a, b, c which is nearest to a + b - c; a before b before c. To c it is |b - c + a - c|: where the
// two have one sign, their sum, which is never less than both; where they have not, the difference of
// the two distances.
INLINE BYTES NAME(paeth)(BYTES a, BYTES b, BYTES c) {
  BYTES to_a = NAME(difference)(b, c), to_b = NAME(difference)(a, c);
  BYTES one_sign = (BYTES)((BYTES)(b < c) == (BYTES)(a < c));
  BYTES to_c = NAME(difference)(to_a, to_b) | one_sign;
  BYTES nearer = NAME(lesser)(to_b, to_c);
  BYTES b_or_c = NAME(chosen)((BYTES)(nearer == to_b), b, c);
  return NAME(chosen)((BYTES)(NAME(lesser)(to_a, nearer) == to_a), a, b_or_c);
}

INLINE BYTES NAME(filtered)(uint8_t filter, BYTES x, BYTES a, BYTES b, BYTES c) {
  switch (filter) {
    case 1: return x - a;
    case 2: return x - b;
    case 3: return x - NAME(average)(a, b);
    case 4: return x - NAME(paeth)(a, b, c);
    default: return x;
  }
}

// What a filter needs of a block: the bytes themselves (x), those of the pixel to the left (a), above (b),
// and above and to the left (c). The first block has nothing to its left; what is behind the row is 0.
typedef struct {
  BYTES x, a, b, c;
} NAME(block);

INLINE NAME(block) NAME(block_at)(
    const uint8_t *row, const uint8_t *above, size_t at, size_t count, size_t left, bool has_above) {
  NAME(block) block = {{0}, {0}, {0}, {0}};
  size_t rest = count - at;
  if (at > 0 && rest >= WIDTH) {
    block.x = NAME(load)(row + at);
    block.a = NAME(load)(row + at - left);
    if (!has_above) return block;
    block.b = NAME(load)(above + at);
    block.c = NAME(load)(above + at - left);
    return block;
  }
  if (rest > WIDTH) rest = WIDTH;
  size_t before = at > 0 ? 0 : left, start = at > 0 ? at - left : 0;
  size_t known = rest > before ? rest - before : 0;
  block.x = NAME(part)(row + at, rest, 0);
  block.a = NAME(part)(row + start, known, before);
  if (!has_above) return block;
  block.b = NAME(part)(above + at, rest, 0);
  block.c = NAME(part)(above + start, known, before);
  return block;
}

// The magnitudes of differences, read as signed bytes, added up.
INLINE WORDS NAME(magnitudes)(BYTES differences) {
  return SUMS(NAME(lesser)(differences, -differences));
}

INLINE uint8_t NAME(least)(
    const uint8_t *row, const uint8_t *above, size_t count, size_t left, bool has_above) {
  uint8_t filters = has_above ? 5 : 2;
  WORDS sums[5] = {{0}, {0}, {0}, {0}, {0}};
  for (size_t at = 0; at < count; at += WIDTH) {
    NAME(block) block = NAME(block_at)(row, above, at, count, left, has_above);
#pragma clang loop unroll(full)
    for (uint8_t filter = 0; filter < filters; filter++)
      sums[filter] +=
          NAME(magnitudes)(NAME(filtered)(filter, block.x, block.a, block.b, block.c));
  }
  uint8_t best = 0;
  uint64_t least = UINT64_MAX;
  for (uint8_t filter = 0; filter < filters; filter++) {
    uint64_t cost = 0;
    for (size_t lane = 0; lane < WIDTH / 8; lane++) cost += sums[filter][lane];
    if (cost < least) best = filter, least = cost;
  }
  return best;
}

TARGET static uint8_t NAME(cheapest)(
    const uint8_t *row, const uint8_t *above, size_t count, size_t left) {
  return above ? NAME(least)(row, above, count, left, true)
               : NAME(least)(row, row, count, left, false);
}

INLINE void NAME(apply)(
    uint8_t filter, const uint8_t *row, const uint8_t *above, size_t count, size_t left, uint8_t *filtered) {
  for (size_t at = 0; at < count; at += WIDTH) {
    NAME(block) block = NAME(block_at)(row, above, at, count, left, filter > 1);
    BYTES made = NAME(filtered)(filter, block.x, block.a, block.b, block.c);
    memcpy(filtered + at, &made, count - at < WIDTH ? count - at : WIDTH);
  }
}

TARGET static void NAME(row)(
    uint8_t filter, const uint8_t *row, const uint8_t *above, size_t count, size_t left, uint8_t *filtered) {
  switch (filter) {
    case 1: NAME(apply)(1, row, above, count, left, filtered); break;
    case 2: NAME(apply)(2, row, above, count, left, filtered); break;
    case 3: NAME(apply)(3, row, above, count, left, filtered); break;
    case 4: NAME(apply)(4, row, above, count, left, filtered); break;
    default: memcpy(filtered, row, count);
  }
}

#undef INLINE
#undef BYTES
#undef WORDS
#undef NAME
#undef WIDTH
#undef TARGET
#undef SUMS
