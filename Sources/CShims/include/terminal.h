#pragma once

#include <stdbool.h>
#include <stddef.h>

/// Cells, and pixels where the terminal tells them (0 where it does not).
typedef struct imgtool_terminal_size {
  unsigned short rows, columns, width, height;
} imgtool_terminal_size;

/// `ioctl TIOCGWINSZ`; -1 and `errno` for what is no terminal.
int imgtool_terminal_size_get(int descriptor, imgtool_terminal_size *size);

/// The bytes that wait to be read (`ioctl FIONREAD`), or -1.
int imgtool_terminal_waiting(int descriptor);

/// Remembers what a signal must write to a terminal before it ends the process, at most 63 bytes.
/// Returns a slot, or -1 when there is none, or the text is too long; nothing is written then.
int imgtool_terminal_arm(int descriptor, const char *text);

/// Forgets the text of a slot; -1 is allowed.
void imgtool_terminal_disarm(int slot);

/// Turns echo, line editing and flow control off until `imgtool_terminal_restore`; again where they are
/// off already. False where the process may not: no terminal, or in the background of its shell.
bool imgtool_terminal_make_raw(int descriptor);

/// Undoes `imgtool_terminal_make_raw`.
void imgtool_terminal_make_cooked(void);

/// Writes the remembered texts and undoes `imgtool_terminal_make_raw`. Async-signal-safe.
void imgtool_terminal_restore(void);
