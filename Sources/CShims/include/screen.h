#pragma once

/// What a program that fills the screen has to hear of, as the byte that is written for it.
enum imgtool_screen_signal {
  /// SIGWINCH: the terminal has another size.
  imgtool_screen_resized = 'r',
  /// SIGTSTP: the user wants the shell back for a while.
  imgtool_screen_stopping = 's',
  /// SIGCONT: the process goes on.
  imgtool_screen_going_on = 'g',
};

/// From now on these signals write their bytes to a descriptor that does not block. A stop that the
/// parent ignores stays ignored.
void imgtool_screen_signals_begin(int descriptor);

/// Lets the signals do what they did before.
void imgtool_screen_signals_end(void);

/// Stops the process as SIGTSTP would, and returns when it goes on.
void imgtool_screen_stop(void);
