/// What libFuzzer calls is found by its name; nothing here is called from Swift.
