#include "imgtool.h"
#include "imgtool_texts.h"

#include <string.h>

// Of a fixed size, so that a thread's end frees nothing and an error needs no memory.
enum { CAPACITY = 1024 };

static _Thread_local char last_error[CAPACITY];
static _Thread_local char last_note[CAPACITY];
static _Thread_local int last_cause;
static _Thread_local int last_errno;

static void set(char *target, const char *text) {
  size_t length = strlen(text);
  if (length >= CAPACITY) {
    length = CAPACITY - 1;
    // No part of a character: bytes after the first one start with the bits 10.
    while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80) length--;
  }
  memcpy(target, text, length);
  target[length] = 0;
}

void imgtool_texts_set_error(const char *text) { set(last_error, text); }
void imgtool_texts_set_note(const char *text) { set(last_note, text); }
const char *imgtool_last_error(void) { return last_error; }
const char *imgtool_last_note(void) { return last_note; }

void imgtool_texts_set_cause(int cause, int code) {
  last_cause = cause;
  last_errno = code;
}
int imgtool_last_cause(void) { return last_cause; }
int imgtool_last_errno(void) { return last_errno; }
