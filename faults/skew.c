/* Shows one program another time: CLOCK_REALTIME moved by FAULTS_SKEW_SECONDS where its command line holds FAULTS_SKEW_OF. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

static long skew;
static int (*real_gettime)(clockid_t, struct timespec *);

__attribute__((constructor)) static void begin(void) {
    const char *of = getenv("FAULTS_SKEW_OF"), *by = getenv("FAULTS_SKEW_SECONDS");
    char line[4096];
    real_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    FILE *file = fopen("/proc/self/cmdline", "r");
    if (!of || !by || !file) return;
    size_t size = fread(line, 1, sizeof line - 1, file);
    fclose(file);
    line[size] = 0;
    for (size_t at = 0; at < size; at += strlen(line + at) + 1)
        if (strcmp(line + at, of) == 0) skew = atol(by);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    if (!real_gettime) real_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    int failed = real_gettime(clock, now);
    if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += skew;
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
