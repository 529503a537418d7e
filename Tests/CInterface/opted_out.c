// A host that keeps SIGBUS to itself dies of a file that is cut while it is mapped.
#include "check.h"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

atomic_int failures;

static void seen(int number) {
  (void)number;
  _exit(42);
}

int main(int count, char **arguments) {
  if (count > 2) imgtool_leave_bus_errors_to_host();
  signal(SIGBUS, seen);
  imgtool_layout layout = layout_of("L", 1, 1);
  imgtool_image *image = NULL;
  OK(imgtool_image_map(arguments[1], &layout, IMGTOOL_COPY_ON_WRITE, &image));
  CHECK(truncate(arguments[1], 0) == 0);
  // A read looks at the size first and would not touch the page.
  double sample = 1;
  REFUSED(imgtool_image_putpixel(image, 0, 0, &sample, 1), "cut");
  imgtool_image_free(image);
  return failures;
}
