#pragma once

#include <stdbool.h>
#include <stdint.h>

/// Asks whether the work should stop; nonzero when it should.
typedef int (*imgtool_interrupt_check)(void *context);

/// What this thread's calls ask from now on; NULL for nothing.
void imgtool_interrupt_set(imgtool_interrupt_check check, void *context);

/// The start and the end of a call that may be stopped. Calls made within one are a part of it.
void imgtool_interrupt_begin(void);
void imgtool_interrupt_end(void);

/// Whether the call that this thread works for is to stop; sticky until the call's end. Its own
/// thread asks the check, `imgtool_interrupt_interval` apart at least; the others only look.
bool imgtool_interrupt_is_asked(void);

/// The same, and the check is asked however short ago that was: a signal has come.
bool imgtool_interrupt_is_asked_now(void);

/// Between two questions, in nanoseconds.
extern const int64_t imgtool_interrupt_interval;

/// The call that this thread works for, for another thread to adopt that helps with it and ends
/// before it does; NULL where nothing can stop the work.
void *imgtool_interrupt_current(void);
void imgtool_interrupt_adopt(void *call);
