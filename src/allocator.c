// The allocator keeps freed memory for a second in case it is wanted again, and looks at the clock only
// when more is freed: a console that has read ten thousand objects and then rests would keep it for good.

// from mimalloc.h; both have been there since its first version 2
#define PURGE_DELAY 15
void mi_option_set(int option, long value);

__attribute__((constructor)) static void give_back_at_once(void) {
  mi_option_set(PURGE_DELAY, 0);
}
