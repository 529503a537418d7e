#include "mutator.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t count, size_t limit);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t count, size_t limit, unsigned seed);

static const uint8_t signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

static uint32_t big_endian(const uint8_t *bytes) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/// Gives each whole chunk of a PNG the checksum of what it holds: without it nearly every mutation
/// ends at the first check, and what lies behind it is never reached.
static void mend_checksums(uint8_t *data, size_t count) {
    if (count < sizeof signature || memcmp(data, signature, sizeof signature) != 0) return;
    size_t at = sizeof signature;
    while (count - at >= 12) {
        size_t length = big_endian(data + at);
        if (length > count - at - 12) return;
        uint32_t sum = (uint32_t)crc32(0, data + at + 4, (uInt)(length + 4));
        for (int i = 0; i < 4; i++) data[at + 8 + length + i] = (uint8_t)(sum >> (24 - 8 * i));
        at += 12 + length;
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t count, size_t limit, unsigned seed) {
    count = LLVMFuzzerMutate(data, count, limit);
    // One in eight stays as it is, for the checks themselves.
    if (seed % 8 != 0) mend_checksums(data, count);
    return count;
}
