#include "arguments.h"

#include <stddef.h>

// The standard library of Swift reads its arguments from `/proc`, which may not be mounted; the C
// library passes those of `main` to every constructor.
static int count;
static char **words;

__attribute__((constructor)) static void take_arguments(int argc, char **argv) {
  count = argc;
  words = argv;
}

int imgtool_argument_count(void) { return count; }

const char *imgtool_argument(int index) {
  return index >= 0 && index < count ? words[index] : NULL;
}
