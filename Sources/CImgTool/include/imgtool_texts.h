#ifndef IMGTOOL_TEXTS_H
#define IMGTOOL_TEXTS_H

// What the two texts of the calling thread are from here on; longer ones are cut. For the library
// itself.
void imgtool_texts_set_error(const char *text);
void imgtool_texts_set_note(const char *text);
// What refused in the calling thread's last call that was refused.
void imgtool_texts_set_cause(int cause, int code);

#endif
