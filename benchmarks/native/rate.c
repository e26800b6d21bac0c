// Open loop: so many messages a second whatever comes back, the connections in turn. An answer's delay counts from when its question was
// due, not from when it was sent: a server that stalls is not spared the questions of that time.
#include "load.h"
#include <stdlib.h>
#include <sys/timerfd.h>
#include <unistd.h>

static uint64_t in_flight;

static void ask(Connection *connection, uint64_t due) {
  if (connection->stamps == NULL) connection->stamps = malloc(STAMPS * sizeof(uint64_t));
  if (connection->stamp_count == STAMPS) { counters.skipped++; return; }
  connection->stamps[(connection->first_stamp + connection->stamp_count++) % STAMPS] = due;
  in_flight++;
  send_batch(connection);
}

static void on_answers(Connection *connection, uint32_t count) {
  if (count > connection->stamp_count) die("connection %d: more answers than questions", connection->index);
  uint64_t now = now_ns();
  for (uint32_t i = 0; i < count; i++) record(now - connection->stamps[(connection->first_stamp + i) % STAMPS]);
  connection->first_stamp = (connection->first_stamp + count) % STAMPS;
  connection->stamp_count -= count;
  counters.messages += count;
  in_flight -= count;
}

static int start_timer(uint64_t interval) {
  int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  struct timespec every = {.tv_sec = (time_t)(interval / 1000000000), .tv_nsec = (long)(interval % 1000000000)};
  struct itimerspec times = {.it_interval = every, .it_value = every};
  if (fd < 0 || timerfd_settime(fd, 0, &times, NULL) != 0) die("no timer");
  watch_timer(fd);
  return fd;
}

void run_rate(uint64_t duration) {
  workload = (Workload){.on_answers = on_answers};
  uint64_t interval = 1000000000 / (uint64_t)plan.rate, started = now_ns(), asked = 0, total = duration / interval, ticks;
  int timer = start_timer(interval);
  while (asked < total) {
    if (!poll_once() || read(timer, &ticks, sizeof ticks) != sizeof ticks) continue;
    while (ticks-- > 0 && asked < total) {
      asked++;
      ask(&connections[asked % (uint64_t)connection_count], started + asked * interval);
    }
  }
  close(timer);
  while (in_flight > 0) poll_once();
}
