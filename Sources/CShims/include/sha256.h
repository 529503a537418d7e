#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A SHA-256 in progress (FIPS 180-4). It holds no pointers and can be copied.
typedef struct {
  uint32_t state[8];
  uint64_t byte_count;
  uint8_t block[64];
  bool uses_instructions;
} imgtool_sha256;

/// Starts a digest. The processor's own instructions for SHA-256 are used where it has them and
/// `portable` is false; the digest is the same.
void imgtool_sha256_start(imgtool_sha256 *hash, bool portable);
void imgtool_sha256_add(imgtool_sha256 *hash, const void *bytes, size_t count);
void imgtool_sha256_finish(imgtool_sha256 *hash, uint8_t digest[32]);
