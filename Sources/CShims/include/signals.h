#pragma once

/// Remembers a temporary file that a signal must take along: `name` in the open directory
/// `directory`, which stays the caller's. To be called before the file is made.
/// Returns a slot, or -1 when there is none, or the name is too long; the file stays then.
int imgtool_temporary_arm(int directory, const char *name);

/// Forgets the file of a slot; -1 is allowed. The directory may be closed afterwards.
void imgtool_temporary_disarm(int slot);

/// SIGHUP, SIGINT, SIGPIPE, SIGQUIT and SIGTERM unlink the temporaries, put back what `undo.h` keeps,
/// and then end the process as they would have. A signal that the parent ignores, such as SIGHUP
/// under `nohup`, stays ignored, apart from SIGPIPE. SIGXFSZ is ignored, so that the limit arrives as EFBIG.
void imgtool_signals_install(void);
