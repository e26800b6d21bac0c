// Open and clean close: handshake, our Close, the server's Close, the end of TCP (RFC 6455 §7.1.1: the server ends it), and again.
#include "load.h"
#include <string.h>

static uint64_t deadline;
static int open_count;

static void start(Connection *connection, uint64_t now) {
  connection->since = now;
  start_connecting(connection);
}

static void on_established(Connection *connection) {
  connection->state = CLOSING;
  connection->missing = 1;
  send_batch(connection);
}

static void on_gone(Connection *connection) {
  uint64_t now = now_ns();
  counters.messages++;
  record(now - connection->since);
  if (now < deadline) start(connection, now);
  else open_count--;
}

void run_churn(uint64_t duration) {
  workload = (Workload){.on_established = on_established, .on_gone = on_gone};
  uint64_t now = now_ns();
  deadline = now + duration;
  open_count = connection_count;
  for (int i = 0; i < connection_count; i++) start(&connections[i], now);
  while (open_count > 0) poll_once();
}
