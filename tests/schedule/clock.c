/* Stands before the C library: the clock that people set, and the one that counts sleep, are ahead by the two
   numbers of seconds in the file that $CLOCK_AHEAD names. The one that nobody sets is left alone. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *at) {
    int result = (int)syscall(SYS_clock_gettime, clock, at);
    if (result != 0 || (clock != CLOCK_REALTIME && clock != CLOCK_BOOTTIME)) return result;
    const char *name = getenv("CLOCK_AHEAD");
    int file = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return result;
    char text[64] = "";
    long set = 0, slept = 0;
    if (read(file, text, sizeof text - 1) > 0 && sscanf(text, "%ld %ld", &set, &slept) == 2)
        at->tv_sec += clock == CLOCK_REALTIME ? set + slept : slept;
    close(file);
    return result;
}
