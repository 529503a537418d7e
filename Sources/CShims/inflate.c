#include "inflate.h"
#include "bytes.h"

#include <string.h>

#define INLINE static inline __attribute__((always_inline))

// How many bits the first table of each alphabet is looked up with.
enum { LITERAL_BITS = 12, DISTANCE_BITS = 9, LONGEST = 15 };

// Entries of tables. The low byte says how many bits to drop: the code, and the extra bits behind it.
//   one or two literals  bit 31; the literals in bytes 1 and 2; bit 30 for two
//   a length             its base in bits 16 to 24, how long the code is in bits 8 to 11
//   a distance           its base in bits 16 to 30, the code likewise
#define LITERAL 0x80000000u
#define PAIR 0x40000000u
// What is neither a literal nor a length: the end of the block; codes that go on in the table that starts at
// the index in bytes 1 and 2; a code that stands for nothing.
#define OTHER 0x20000000u
#define LONGER 0x10000000u
#define END 0x08000000u
// The same for distances: codes that go on, or, with no bits to drop, that stand for nothing.
#define FAR 0x80000000u

static const uint16_t length_bases[29] = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                          31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
static const uint8_t length_extras[29] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                          2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};

static uint32_t literal_entry(unsigned symbol, unsigned length) {
  if (symbol < 256) return LITERAL | symbol << 8 | length;
  if (symbol == 256) return OTHER | END | length;
  symbol -= 257;
  if (symbol > 28) return OTHER;
  return (uint32_t)length_bases[symbol] << 16 | length << 8 | (length + length_extras[symbol]);
}

static uint32_t distance_entry(unsigned symbol, unsigned length) {
  if (symbol > 29) return FAR;
  unsigned extra = symbol < 4 ? 0 : symbol / 2 - 1;
  unsigned base = symbol < 4 ? symbol + 1 : ((2 + symbol % 2) << extra) + 1;
  return base << 16 | length << 8 | (length + extra);
}

static uint32_t code_length_entry(unsigned symbol, unsigned length) { return symbol << 8 | length; }

// An alphabet: its entries, those of codes that stand for nothing and that go on, what tells these from
// others, and the bits of its first table and of its longest code.
typedef struct {
  uint32_t (*entry)(unsigned symbol, unsigned length);
  uint32_t missing, longer, special;
  unsigned bits, longest;
} alphabet;

static const alphabet literal_alphabet = {
    literal_entry, OTHER, OTHER | LONGER, LITERAL | OTHER, LITERAL_BITS, LONGEST};
static const alphabet distance_alphabet = {distance_entry, FAR, FAR, FAR, DISTANCE_BITS, LONGEST};
static const alphabet code_length_alphabet = {code_length_entry, 0, 0, 0, 7, 7};

// False for a set of codes that zlib refuses: one that is over-subscribed, or incomplete with more than one
// code of one bit.
INLINE bool make_table(const uint8_t *lengths, unsigned count, alphabet kind, uint32_t *table) {
  unsigned bits = kind.bits, longest = kind.longest;
  unsigned counts[16] = {0}, starts[16];
  for (unsigned i = 0; i < count; i++) counts[lengths[i]]++;
  unsigned used = count - counts[0];
  int left = 1;
  unsigned sum = 0;
  for (unsigned n = 1; n <= longest; n++) {
    starts[n] = sum;
    sum += counts[n];
    left = 2 * left - (int)counts[n];
    if (left < 0) return false;
  }
  if (left > 0) {
    if (used > 1 || used != counts[1]) return false;
    for (unsigned i = 0; i < 1u << bits; i++) table[i] = kind.missing;
    for (unsigned symbol = 0; symbol < count; symbol++)
      if (lengths[symbol])
        for (unsigned i = 0; i < 1u << bits; i += 2) table[i] = kind.entry(symbol, 1);
    return true;
  }
  uint16_t symbols[288];
  for (unsigned i = 0; i < count; i++)
    if (lengths[i]) symbols[starts[lengths[i]]++] = (uint16_t)i;
  // Codes are read from their highest bit on, so they stand in the table with their bits turned; a table for
  // n bits is twice that for n - 1.
  unsigned code = 0, next = 0, size = 1u << bits, rest = 1u << (longest - bits);
  unsigned place = size, prefix = size;
  for (unsigned n = 1; n <= longest; n++) {
    for (unsigned k = counts[n]; k > 0; k--) {
      uint32_t entry = kind.entry(symbols[next++], n);
      if (n <= bits) {
        table[code] = entry;
      } else {
        if ((code & (size - 1)) != prefix) {
          if (prefix != size) place += rest;
          prefix = code & (size - 1);
          table[prefix] = kind.longer | place << 8 | bits;
        }
        // The prefix is dropped before.
        entry -= entry & kind.special ? bits : bits | bits << 8;
        for (unsigned i = code >> bits; i < rest; i += 1u << (n - bits)) table[place + i] = entry;
      }
      unsigned all = (1u << n) - 1;
      if (code == all) {
        for (unsigned m = n; m < bits; m++) memcpy(table + (1u << m), table, sizeof *table << m);
        return true;
      }
      unsigned bit = 1u << (31 - __builtin_clz(code ^ all));
      code = (code & (bit - 1)) | bit;
    }
    if (n < bits) memcpy(table + (1u << n), table, sizeof *table << n);
  }
  return true;
}

// Makes entries of two literals where both codes fit. What is looked at stands before what is changed.
static void join_literals(uint32_t *table) {
  for (unsigned i = 1u << LITERAL_BITS; i-- > 0;) {
    uint32_t first = table[i], bits = first & 255;
    if (!(first & LITERAL)) continue;
    uint32_t second = table[i >> bits];
    if ((second & LITERAL) && bits + (second & 255) <= LITERAL_BITS)
      table[i] = (first + (second & 255)) | PAIR | (second & 0xff00) << 8;
  }
}

static bool make_tables(imgtool_inflater *s, const uint8_t *lengths, unsigned literals, unsigned distances) {
  if (!make_table(lengths, literals, literal_alphabet, s->literals)) return false;
  join_literals(s->literals);
  return make_table(lengths + literals, distances, distance_alphabet, s->distances);
}

static bool make_fixed_tables(imgtool_inflater *s) {
  // Streams may have a great many empty blocks.
  if (s->has_fixed_tables) return true;
  uint8_t lengths[320];
  memset(lengths, 8, 144);
  memset(lengths + 144, 9, 112);
  memset(lengths + 256, 7, 24);
  memset(lengths + 280, 8, 8);
  memset(lengths + 288, 5, 32);
  return s->has_fixed_tables = make_tables(s, lengths, 288, 32);
}

// The bits that come next, the first one lowest: `count` of them are counted, those above are either zeros
// or what the bytes from `next` on say.
typedef struct {
  uint64_t bits;
  unsigned count;
  const uint8_t *next;
} reader;

// Counts 56 bits or more; all 64 are what the bytes say.
INLINE void refill(reader *r) {
  r->bits |= imgtool_load_word(r->next) << r->count;
  r->next += (63 - r->count) >> 3;
  r->count |= 56;
}

INLINE unsigned take(reader *r, unsigned count) {
  unsigned value = (unsigned)(r->bits & ((1u << count) - 1));
  r->bits >>= count;
  r->count -= count;
  return value;
}

// Gives back the bytes that were not begun.
INLINE void give_back(reader *r) {
  r->next -= r->count >> 3;
  r->count &= 7;
  r->bits &= (1u << r->count) - 1;
}

static bool read_codes(imgtool_inflater *s, reader *r, const uint8_t *end) {
  static const uint8_t order[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
  refill(r);
  unsigned literals = take(r, 5) + 257, distances = take(r, 5) + 1, count = take(r, 4) + 4;
  if (literals > 286 || distances > 30) return false;
  uint8_t lengths[286 + 30] = {0};
  for (unsigned i = 0; i < count; i++) {
    if (i % 16 == 0) refill(r);
    lengths[order[i]] = (uint8_t)take(r, 3);
  }
  uint32_t table[128];
  unsigned used = 0;
  for (unsigned i = 0; i < 19; i++) used += lengths[i] > 0;
  if (used < 2 || !make_table(lengths, 19, code_length_alphabet, table)) return false;
  unsigned all = literals + distances;
  for (unsigned i = 0; i < all;) {
    if (r->next > end + 8) return false;
    refill(r);
    uint32_t entry = table[r->bits & 127];
    take(r, entry & 255);
    unsigned symbol = entry >> 8;
    if (symbol < 16) {
      lengths[i++] = (uint8_t)symbol;
      continue;
    }
    if (symbol == 16 && i == 0) return false;
    unsigned times = symbol == 16 ? 3 + take(r, 2) : symbol == 17 ? 3 + take(r, 3) : 11 + take(r, 7);
    if (times > all - i) return false;
    memset(lengths + i, symbol == 16 ? lengths[i - 1] : 0, times);
    i += times;
  }
  s->has_fixed_tables = false;
  return lengths[256] && make_tables(s, lengths, literals, distances);
}

// Copies a match; up to 16 bytes behind it are written, too.
INLINE void copy(uint8_t *to, size_t distance, size_t length) {
  const uint8_t *from = to - distance;
  uint8_t *end = to + length;
  if (distance >= 16) {
    do {
      memcpy(to, from, 16);
      to += 16, from += 16;
    } while (to < end);
  } else if (distance == 1) {
    uint64_t word = *from * 0x0101010101010101u;
    do {
      memcpy(to, &word, 8);
      memcpy(to + 8, &word, 8);
      to += 16;
    } while (to < end);
  } else if (distance >= 8) {
    do {
      memcpy(to, from, 8);
      to += 8, from += 8;
    } while (to < end);
  } else {
    // Each word's first bytes repeat the ones before.
    do {
      uint8_t word[8];
      memcpy(word, from, 8);
      memcpy(to, word, 8);
      to += distance, from += distance;
    } while (to < end);
  }
}

typedef enum { GO_ON, BLOCK_END, DAMAGE } step;

// Reads an entry that is not of literals. 48 bits have to be counted.
INLINE step read_rest(
    const imgtool_inflater *s, reader *r, uint32_t entry, const uint8_t *history, uint8_t **out) {
  if (entry & OTHER) {
    if (entry & LONGER) {
      take(r, LITERAL_BITS);
      entry = s->literals[(entry >> 8 & 0xffff) + (r->bits & 7)];
      if (entry & LITERAL) {
        take(r, entry & 255);
        *(*out)++ = (uint8_t)(entry >> 8);
        return GO_ON;
      }
    }
    if (entry & OTHER) {
      if (!(entry & END)) return DAMAGE;
      take(r, entry & 255);
      return BLOCK_END;
    }
  }
  uint64_t bits = r->bits;
  unsigned total = entry & 255;
  r->bits >>= total;
  r->count -= total;
  size_t length = (entry >> 16) + ((bits & ((1u << total) - 1)) >> (entry >> 8 & 15));
  entry = s->distances[r->bits & ((1u << DISTANCE_BITS) - 1)];
  if (entry & FAR) {
    if (entry == FAR) return DAMAGE;
    take(r, DISTANCE_BITS);
    entry = s->distances[(entry >> 8 & 0xffff) + (r->bits & 63)];
  }
  if (entry & FAR) return DAMAGE;
  bits = r->bits;
  total = entry & 255;
  r->bits >>= total;
  r->count -= total;
  size_t distance = (entry >> 16) + ((bits & ((1u << total) - 1)) >> (entry >> 8 & 15));
  if (distance > (size_t)(*out - history)) return DAMAGE;
  copy(*out, distance, length);
  *out += length;
  return GO_ON;
}

// What one turn of the quick loop reads at most: three words.
enum { QUICK_MARGIN = 24 };

INLINE uint32_t next_entry(const imgtool_inflater *s, const reader *r) {
  return s->literals[r->bits & ((1u << LITERAL_BITS) - 1)];
}

// Writes the one or two literals of an entry of the first table, and looks the next one up.
INLINE uint32_t put_literals(const imgtool_inflater *s, uint32_t entry, reader *r, uint8_t **out) {
  uint16_t two = (uint16_t)(entry >> 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  two = __builtin_bswap16(two);
#endif
  memcpy(*out, &two, sizeof two);
  *out += 1 + (entry >> 30 & 1);
  r->bits >>= entry & 31;
  r->count -= entry & 31;
  return next_entry(s, r);
}

// Reads symbols until the block, the room or the input ends: quickly up to `enough`, then, where the input
// ends at `last`, one by one.
INLINE step read_symbols(
    const imgtool_inflater *s, reader *reading, const uint8_t *enough, const uint8_t *last,
    const uint8_t *history, uint8_t **output, const uint8_t *room) {
  reader r = *reading;
  uint8_t *out = *output;
  step result = GO_ON;
  if (r.next < enough && out < room) {
    refill(&r);
    uint32_t entry = next_entry(s, &r);
    do {
      // All 64 bits are what the bytes say: four entries drop 48 of them at most, and the fifth is known.
      // A length and its distance need 48.
      if (entry & LITERAL) {
        entry = put_literals(s, entry, &r, &out);
        if (entry & LITERAL) {
          entry = put_literals(s, entry, &r, &out);
          if (entry & LITERAL) {
            entry = put_literals(s, entry, &r, &out);
            if (entry & LITERAL) {
              entry = put_literals(s, entry, &r, &out);
              refill(&r);
              continue;
            }
          }
        }
        refill(&r);
      }
      result = read_rest(s, &r, entry, history, &out);
      if (result != GO_ON) break;
      refill(&r);
      entry = next_entry(s, &r);
    } while (r.next < enough && out < room);
  }
  while (result == GO_ON && out < room && last && r.next >= enough) {
    if (r.next > last + 8) {
      result = DAMAGE;
      break;
    }
    refill(&r);
    uint32_t entry = next_entry(s, &r);
    if (entry & LITERAL) put_literals(s, entry, &r, &out);
    else result = read_rest(s, &r, entry, history, &out);
  }
  give_back(&r);
  *output = out;
  *reading = r;
  return result;
}

// Reads the header of a block.
static bool read_header(imgtool_inflater *s, reader *r, const uint8_t *end) {
  refill(r);
  s->is_last_block = take(r, 1);
  s->block = IMGTOOL_BLOCK_CODED;
  bool is_good = false;
  switch (take(r, 2)) {
    case 0:
      take(r, r->count & 7);
      uint32_t count = take(r, 16);
      is_good = (count ^ take(r, 16)) == 0xffff;
      s->stored_count = count;
      s->block = IMGTOOL_BLOCK_STORED;
      break;
    case 1: is_good = make_fixed_tables(s); break;
    case 2: is_good = read_codes(s, r, end); break;
  }
  give_back(r);
  return is_good && r->next <= end;
}

imgtool_inflate_stop imgtool_inflate(
    imgtool_inflater *s, const uint8_t *input, size_t *taken, size_t count, bool is_all_input, uint8_t *output,
    size_t *made, size_t room) {
  reader r = {s->bits, s->bit_count, input + *taken};
  const uint8_t *end = input + count;
  size_t margin = is_all_input ? QUICK_MARGIN : IMGTOOL_INFLATE_MARGIN;
  const uint8_t *enough = count < margin ? input : end - margin;
  uint8_t *out = output + *made, *out_end = output + room;
  imgtool_inflate_stop stop = IMGTOOL_INFLATE_INPUT;
  for (;;) {
    if (s->block == IMGTOOL_BLOCK_NONE) {
      stop = s->is_last_block ? IMGTOOL_INFLATE_END : IMGTOOL_INFLATE_INPUT;
      if (s->is_last_block || (is_all_input ? r.next == end && r.count == 0 : r.next >= enough)) break;
      if (!read_header(s, &r, end)) return IMGTOOL_INFLATE_DAMAGED;
    }
    stop = IMGTOOL_INFLATE_ROOM;
    if (out >= out_end) break;
    stop = IMGTOOL_INFLATE_INPUT;
    if (s->block == IMGTOOL_BLOCK_STORED) {
      size_t part = s->stored_count;
      if (part > (size_t)(end - r.next)) part = (size_t)(end - r.next);
      if (part > (size_t)(out_end - out)) part = (size_t)(out_end - out);
      if (part) memcpy(out, r.next, part);
      out += part, r.next += part;
      s->stored_count -= (uint32_t)part;
      if (s->stored_count == 0) s->block = IMGTOOL_BLOCK_NONE;
      else if (r.next == end) {
        if (is_all_input) return IMGTOOL_INFLATE_DAMAGED;
        break;
      }
    } else {
      if (!is_all_input && r.next >= enough) break;
      step found = read_symbols(s, &r, enough, is_all_input ? end : NULL, output, &out, out_end);
      if (found == DAMAGE || r.next > end) return IMGTOOL_INFLATE_DAMAGED;
      if (found == BLOCK_END) s->block = IMGTOOL_BLOCK_NONE;
    }
  }
  s->bits = r.bits;
  s->bit_count = r.count;
  *taken = (size_t)(r.next - input);
  *made = (size_t)(out - output);
  return stop;
}
