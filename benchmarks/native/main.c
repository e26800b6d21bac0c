// load <plan>: takes "open <count>", "run <milliseconds>" and "exit" on stdin, answers each with one line of JSON.
#include "load.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

Counters counters;
Connection *connections;
int connection_count;
Workload workload;

noreturn void die(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  exit(1);
}

static uint64_t clock_ns(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

uint64_t now_ns(void) {
  return clock_ns(CLOCK_MONOTONIC);
}

static void run(uint64_t duration) {
  counters = (Counters){0};
  clear_histogram();
  uint64_t started = now_ns(), used = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
  if (strcmp(plan.mode, "rate") == 0) run_rate(duration);
  else if (strcmp(plan.mode, "churn") == 0) run_churn(duration);
  else run_rounds(duration);
  uint64_t elapsed = now_ns() - started;
  used = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - used;
  const struct { const char *name; uint64_t value; } figures[] = {
    {"messages", counters.messages}, {"elapsed", elapsed}, {"cpu", used}, {"bytesIn", counters.bytes_in}, {"deflated", counters.deflated},
    {"skipped", counters.skipped}, {"p50", percentile(0.5)}, {"p99", percentile(0.99)},
  };
  for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
    printf("%s\"%s\":%llu", i == 0 ? "{" : ",", figures[i].name, (unsigned long long)figures[i].value);
  }
  puts("}");
}

static void allow_many_files(void) {
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

/** Connections that open and close again and again need no more than a place. */
static void open_some(int count) {
  if (strcmp(plan.mode, "churn") != 0) {
    open_connections(count);
    return;
  }
  connections = calloc((size_t)count, sizeof *connections);
  for (connection_count = 0; connection_count < count; connection_count++) connections[connection_count].index = connection_count;
}

int main(int count, char **arguments) {
  if (count != 2) die("usage: load <plan>");
  read_plan(arguments[1]);
  allow_many_files();
  setvbuf(stdout, NULL, _IOLBF, 0);
  char line[64];
  while (fgets(line, sizeof line, stdin) != NULL) {
    if (strncmp(line, "open ", 5) == 0) {
      open_some(atoi(line + 5));
      printf("{\"opened\":%d}\n", connection_count);
    } else if (strncmp(line, "run ", 4) == 0) run(strtoull(line + 4, NULL, 10) * 1000000);
    else break;
  }
  return 0;
}
