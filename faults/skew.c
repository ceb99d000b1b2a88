/* Shows one program another time: CLOCK_REALTIME moved by FAULTS_SKEW_SECONDS where its command line holds FAULTS_SKEW_OF. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

static long skew;
static const char *of, *line, *line_end;
static int (*real_gettime)(clockid_t, struct timespec *);

/* The command line is read where it lies in memory: a process that stood by writes its own there once it is made. */
__attribute__((constructor)) static void begin(int argc, char **argv) {
    const char *by = getenv("FAULTS_SKEW_SECONDS");
    real_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    of = getenv("FAULTS_SKEW_OF");
    if (!of || !by || argc < 1) return;
    skew = atol(by);
    line = argv[0];
    line_end = argv[argc - 1] + strlen(argv[argc - 1]) + 1;
}

static int is_skewed(void) {
    for (const char *word = line; word && word < line_end; word += strlen(word) + 1)
        if (strcmp(word, of) == 0) return 1;
    return 0;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    if (!real_gettime) real_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    int failed = real_gettime(clock, now);
    if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) && is_skewed()) now->tv_sec += skew;
    return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec told;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &told)) return -1;
    now->tv_sec = told.tv_sec;
    now->tv_usec = told.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *now) {
    struct timespec told;
    clock_gettime(CLOCK_REALTIME, &told);
    if (now) *now = told.tv_sec;
    return told.tv_sec;
}
