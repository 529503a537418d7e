#pragma once

/// The number of words that the process was started with, its own name among them: `argc`.
int imgtool_argument_count(void);

/// One of the words, from 0 on; `NULL` past the last one.
const char *imgtool_argument(int index);
