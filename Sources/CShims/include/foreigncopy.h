#pragma once

#include <stdbool.h>
#include <stddef.h>

/// Copies bytes from or to memory that somebody else may have mapped from a file (`memcpy(3)`).
/// Returns false where a page of it was not there: the file was cut, or its device failed. Some bytes
/// are copied then, and nothing is changed about the mapping.
///
/// The handler for SIGBUS lets the copy return; where the host program has kept that to itself, or on
/// a processor that this has no code for, the signal is the host's.
bool imgtool_foreign_copy(void *target, const void *source, size_t byte_count);

/// Lets a thread that SIGBUS has stopped in such a copy return from it; false for any other. Takes the
/// third argument of a signal handler.
bool imgtool_foreign_copy_resume(void *context);
