// Closed loop: senders send a batch, and the next one when all its answers have come; to each of them (echo), or to all (broadcast, chat).
#include "load.h"

static uint64_t deadline, round_started;
/** Connections that still wait for answers. */
static int waiting;

static void ask(Connection *connection, uint64_t now) {
  connection->since = now;
  connection->missing = (uint32_t)plan.expected;
  send_batch(connection);
}

static void start_round(uint64_t now) {
  round_started = now;
  waiting = connection_count;
  for (int i = 0; i < connection_count; i++) connections[i].missing = (uint32_t)plan.expected;
  for (int i = 0; i < plan.senders; i++) send_batch(&connections[i]);
}

static void on_answers(Connection *connection, uint32_t count) {
  if (count > connection->missing) die("connection %d: more answers than questions", connection->index);
  counters.messages += count;
  connection->missing -= count;
  if (connection->missing > 0) return;
  uint64_t now = now_ns();
  record(now - (plan.barrier ? round_started : connection->since));
  if (plan.barrier) {
    if (--waiting == 0 && now < deadline) start_round(now);
  } else if (now < deadline) ask(connection, now);
  else waiting--;
}

void run_rounds(uint64_t duration) {
  workload = (Workload){.on_answers = on_answers};
  uint64_t now = now_ns();
  deadline = now + duration;
  if (plan.barrier) start_round(now);
  else {
    waiting = (int)plan.senders;
    for (int i = 0; i < plan.senders; i++) ask(&connections[i], now);
  }
  while (waiting > 0) poll_once();
}
