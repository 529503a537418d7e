#include "screen.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static const int numbers[] = {SIGWINCH, SIGTSTP, SIGCONT};
enum { COUNT = sizeof numbers / sizeof *numbers };

static struct sigaction before[COUNT];
static volatile sig_atomic_t target = -1;

static void on_signal(int number) {
  int code = errno;
  char byte = number == SIGWINCH ? imgtool_screen_resized
      : number == SIGTSTP        ? imgtool_screen_stopping
                                 : imgtool_screen_going_on;
  // A pipe that is full is full of such bytes, so nothing is lost.
  ssize_t written = write((int)target, &byte, 1);
  (void)written;
  errno = code;
}

void imgtool_screen_signals_begin(int descriptor) {
  target = descriptor;
  for (int index = 0; index < COUNT; index++) {
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigaction(numbers[index], NULL, &before[index]);
    if (before[index].sa_handler == SIG_IGN && numbers[index] == SIGTSTP) continue;
    sigaction(numbers[index], &action, NULL);
  }
}

void imgtool_screen_signals_end(void) {
  for (int index = 0; index < COUNT; index++) sigaction(numbers[index], &before[index], NULL);
}

void imgtool_screen_stop(void) {
  struct sigaction stop = {.sa_handler = SIG_DFL}, ours;
  sigaction(SIGTSTP, &stop, &ours);
  raise(SIGTSTP);
  sigaction(SIGTSTP, &ours, NULL);
}
