// epoll, level-triggered: who can be read or written.
#include "load.h"
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { BATCH = 512, PATIENCE_MS = 10000 };

static int epoll_fd = -1;

static void control(int operation, int fd, struct epoll_event event) {
  if (epoll_fd < 0) epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_ctl(epoll_fd, operation, fd, &event) != 0) die("epoll: %s", strerror(errno));
}

static struct epoll_event interest(Connection *connection) {
  uint32_t events = EPOLLIN | (connection->wants_write ? EPOLLOUT : 0);
  return (struct epoll_event){.events = events, .data.ptr = connection};
}

void watch(Connection *connection) {
  control(EPOLL_CTL_ADD, connection->fd, interest(connection));
}

void want_write(Connection *connection, bool wants) {
  if (connection->wants_write == wants) return;
  connection->wants_write = wants;
  control(EPOLL_CTL_MOD, connection->fd, interest(connection));
}

/** The timer is the one without a connection. */
void watch_timer(int fd) {
  control(EPOLL_CTL_ADD, fd, (struct epoll_event){.events = EPOLLIN, .data.ptr = NULL});
}

bool poll_once(void) {
  struct epoll_event events[BATCH];
  int count = epoll_wait(epoll_fd, events, BATCH, PATIENCE_MS);
  if (count < 0 && errno != EINTR) die("epoll: %s", strerror(errno));
  if (count == 0) die("nothing came for ten seconds, after %llu answers", (unsigned long long)counters.messages);
  bool is_due = false;
  for (int i = 0; i < count; i++) {
    Connection *connection = events[i].data.ptr;
    if (connection == NULL) { is_due = true; continue; }
    // A connection that was closed and opened again meanwhile has another descriptor: its old events are gone with the old one
    if (events[i].events & EPOLLOUT) on_writable(connection);
    if (events[i].events & ~EPOLLOUT) on_readable(connection);
  }
  return is_due;
}
