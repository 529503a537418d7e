#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  /// How far back a stream may look.
  IMGTOOL_INFLATE_WINDOW = 32768,
  /// How many bytes behind the room may be written: the last match, and what its copy rounds up to.
  IMGTOOL_INFLATE_SLACK = 320,
  /// How many bytes of input are kept for the next call, unless they are the last ones. The header of a
  /// block needs fewer.
  IMGTOOL_INFLATE_MARGIN = 512,
  /// How many bytes behind the input may be read. Their values do not matter.
  IMGTOOL_INFLATE_PADDING = 64,
};

typedef enum imgtool_inflate_stop {
  IMGTOOL_INFLATE_INPUT,    ///< more input is needed, or all of it ended between two blocks
  IMGTOOL_INFLATE_ROOM,     ///< the room is full
  IMGTOOL_INFLATE_END,      ///< the last block has ended
  IMGTOOL_INFLATE_DAMAGED,
} imgtool_inflate_stop;

/// A reader of one raw deflate stream. All zeros: nothing was read yet.
typedef struct imgtool_inflater {
  // Fewer than 8 bits of the last byte that was taken, the next one lowest.
  uint64_t bits;
  uint32_t bit_count;
  uint32_t stored_count;
  enum { IMGTOOL_BLOCK_NONE, IMGTOOL_BLOCK_STORED, IMGTOOL_BLOCK_CODED } block;
  bool is_last_block;
  bool has_fixed_tables;
  // Tables for the next 12 and 9 bits. Codes have up to 15 bits: behind each prefix that longer codes share,
  // and at least two do, stands a table for the bits that follow.
  uint32_t literals[4096 + 143 * 8];
  uint32_t distances[512 + 15 * 64];
} imgtool_inflater;

/// Reads raw deflate (RFC 1951) piece by piece. It refuses exactly what zlib refuses, sets of codes that are
/// not complete as well.
///
/// Takes bytes of `input` from `*taken` to `count`, behind which there are `IMGTOOL_INFLATE_PADDING` more
/// bytes of memory, and writes to `output` from `*made` until `room` is reached or passed, by at most
/// `IMGTOOL_INFLATE_SLACK` bytes, for which there is memory. What stands before `*made` in the output is the
/// past of the stream, which may look back as far as `IMGTOOL_INFLATE_WINDOW` bytes into it, but not before
/// its start. Moves `*taken` and `*made` on, unless the stream is damaged.
imgtool_inflate_stop imgtool_inflate(
    imgtool_inflater *inflater, const uint8_t *input, size_t *taken, size_t count, bool is_all_input,
    uint8_t *output, size_t *made, size_t room);
