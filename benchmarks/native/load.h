// The load generator: what its files share. A plan says what is sent and what must come back; nothing here frames or masks.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdnoreturn.h>

typedef struct {
  uint8_t *bytes;
  size_t length;
} Blob;

/** Written by src/load/plan.ts, which documents each field. */
typedef struct {
  int64_t port, sources, senders, expected, barrier, rate, discard, greet, deflate, opcode, variants;
  char mode[16];
  Blob request, accept, prelude, batch, ends, answer, payload;
} Plan;

typedef enum { CONNECTING, SHAKING_HANDS, IN_PRELUDE, ESTABLISHED, CLOSING } State;

/** A frame that is being read; the server never masks (RFC 6455 §5.1). */
typedef struct {
  uint8_t header[10];
  uint8_t have;
  bool has_header;
  uint64_t left;
  Blob payload;
  size_t room;
} Frame;

enum { STAMPS = 64, HEAD = 2048 };

typedef struct Connection {
  int fd, index;
  State state;
  bool wants_write;
  /** Batches that are not written whole, which of all batches the first of them is, and how far it is. */
  uint32_t unsent, batch;
  size_t sent;
  /** Place in the repetition of the answer. */
  size_t position;
  /** Answers that are still due. */
  uint32_t missing;
  uint32_t discard;
  uint64_t since;
  char *head;
  size_t head_length;
  Frame frame;
  void *inflater;
  /** Which message comes next; -1 when nothing has come. */
  int64_t variant;
  bool keeps_context;
  /** Open loop: when each message in flight was due. */
  uint64_t *stamps;
  uint32_t first_stamp, stamp_count;
} Connection;

typedef struct {
  uint64_t messages, bytes_in, deflated, skipped;
} Counters;

extern Plan plan;
extern Counters counters;
extern Connection *connections;
extern int connection_count;

// plan.c
void read_plan(const char *path);

// main.c
noreturn void die(const char *format, ...);
uint64_t now_ns(void);

// poller.c
void watch(Connection *connection);
void want_write(Connection *connection, bool wants);
void watch_timer(int fd);
/** Waits for events and handles them; ends the process when nothing happens for ten seconds. @returns whether the timer was among them */
bool poll_once(void);

// connection.c
void start_connecting(Connection *connection);
void send_batch(Connection *connection);
void on_writable(Connection *connection);
void on_readable(Connection *connection);
void open_connections(int count);

// check.c: each returns how many whole answers came
uint32_t check_exact(Connection *connection, const uint8_t *bytes, size_t length);
uint32_t check_frames(Connection *connection, const uint8_t *bytes, size_t length);

// frame.c
/** Reads on; `*at` moves. @returns true when a frame is whole: then take it, and call reset_frame */
bool read_frame(Frame *frame, const uint8_t **at, const uint8_t *end);
void reset_frame(Frame *frame);

/** The bytes of one of the messages that take turns. */
Blob variant_payload(int64_t variant);

// inflate.c
/** The message in a compressed payload, valid until the next call. */
Blob inflate_payload(Connection *connection, const uint8_t *bytes, size_t length);
/** Without context takeover, the same bytes mean the same message. */
bool is_known(int64_t variant, const uint8_t *bytes, size_t length);
void remember(int64_t variant, const uint8_t *bytes, size_t length);

// what a workload does with an answer, and when a connection is ready or gone
typedef struct {
  void (*on_established)(Connection *connection);
  void (*on_answers)(Connection *connection, uint32_t count);
  void (*on_gone)(Connection *connection);
} Workload;
extern Workload workload;

// rounds.c, rate.c, churn.c: each runs for so long, and until all that is due has come
void run_rounds(uint64_t duration);
void run_rate(uint64_t duration);
void run_churn(uint64_t duration);

// histogram.c
void clear_histogram(void);
void record(uint64_t nanoseconds);
uint64_t percentile(double share);
