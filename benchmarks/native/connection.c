// One connection: TCP, the handshake, what comes before the first message, then answers. Knows no workload.
#include "load.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_SIZE = 256 * 1024, AT_ONCE = 64 };

static uint8_t buffer[READ_SIZE];

/** Several addresses of this machine, so that ports do not run out. */
static void bind_source(int fd, int index) {
  int on = 1;
  struct sockaddr_in source = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000001 + (uint32_t)(index % plan.sources))};
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  if (bind(fd, (struct sockaddr *)&source, sizeof source) != 0) die("bind: %s", strerror(errno));
}

void start_connecting(Connection *connection) {
  int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) die("socket: %s", strerror(errno));
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (plan.sources > 1) bind_source(fd, connection->index);
  struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons((uint16_t)plan.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (connect(fd, (struct sockaddr *)&server, sizeof server) != 0 && errno != EINPROGRESS) die("connect: %s", strerror(errno));
  connection->fd = fd;
  connection->state = CONNECTING;
  connection->discard = (uint32_t)plan.discard;
  connection->head_length = 0;
  connection->wants_write = true;
  connection->variant = -1;
  reset_frame(&connection->frame);
  watch(connection);
}

/** What is so short that it fits into any socket that has just been opened. */
static void send_whole(Connection *connection, Blob blob) {
  if (write(connection->fd, blob.bytes, blob.length) != (ssize_t)blob.length) die("write: %s", strerror(errno));
}

/** Where a batch ends; the next one begins there. */
static size_t end_of(uint32_t batch) {
  const uint8_t *end = plan.ends.bytes + batch * 4;
  return (size_t)end[0] | (size_t)end[1] << 8 | (size_t)end[2] << 16 | (size_t)end[3] << 24;
}

static void flush(Connection *connection) {
  while (connection->unsent > 0) {
    size_t end = end_of(connection->batch);
    ssize_t written = write(connection->fd, plan.batch.bytes + connection->sent, end - connection->sent);
    if (written < 0 && errno != EAGAIN) die("write: %s", strerror(errno));
    if (written < 0) break;
    connection->sent += (size_t)written;
    if (connection->sent < end) continue;
    connection->unsent--;
    connection->batch++;
    if (end == plan.batch.length) connection->sent = connection->batch = 0;
  }
  want_write(connection, connection->unsent > 0);
}

void send_batch(Connection *connection) {
  if (connection->unsent++ == 0) flush(connection);
}

void on_writable(Connection *connection) {
  if (connection->state != CONNECTING) { flush(connection); return; }
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) die("connect: %s", strerror(error));
  connection->state = SHAKING_HANDS;
  want_write(connection, false);
  send_whole(connection, plan.request);
}

static void establish(Connection *connection) {
  connection->state = ESTABLISHED;
  if (workload.on_established != NULL) workload.on_established(connection);
}

static void check_head(Connection *connection) {
  const char *head = connection->head;
  if (strncmp(head, "HTTP/1.1 101", 12) != 0) die("no 101 but: %.60s", head);
  if (strstr(head, (char *)plan.accept.bytes) == NULL) die("no Sec-WebSocket-Accept in: %s", head);
  bool is_deflate = strstr(head, "permessage-deflate") != NULL;
  if (is_deflate != (plan.deflate != 0)) die(is_deflate ? "compression was not asked for: %s" : "compression was not agreed on: %s", head);
  // The frames to send are made with the whole window, and without looking back
  const char *bits = strstr(head, "client_max_window_bits=");
  if (bits != NULL && atoi(bits + 23 + (bits[23] == '"')) != 15) die("a smaller window than 15 is not spoken here: %s", head);
  connection->keeps_context = is_deflate && strstr(head, "server_no_context_takeover") == NULL;
}

/** @returns how many of the bytes belong to the response */
static size_t shake_hands(Connection *connection, const uint8_t *bytes, size_t length) {
  if (connection->head == NULL) connection->head = malloc(HEAD + 1);
  size_t before = connection->head_length, part = length < HEAD - before ? length : HEAD - before;
  memcpy(connection->head + before, bytes, part);
  connection->head[before + part] = 0;
  char *end = strstr(connection->head, "\r\n\r\n");
  connection->head_length = before + part;
  if (end == NULL && connection->head_length == HEAD) die("the response does not end: %.60s", connection->head);
  if (end == NULL) return length;
  end[4] = 0;
  size_t taken = (size_t)(end + 4 - connection->head) - before;
  check_head(connection);
  free(connection->head);
  connection->head = NULL;
  connection->state = IN_PRELUDE;
  if (plan.prelude.length > 0) send_whole(connection, plan.prelude);
  if (connection->discard == 0) establish(connection);
  return taken;
}

/** Messages of the server's own protocol, before the first of ours. */
static size_t read_prelude(Connection *connection, const uint8_t *bytes, size_t length) {
  const uint8_t *at = bytes, *end = bytes + length;
  while (connection->discard > 0 && at < end && read_frame(&connection->frame, &at, end)) {
    reset_frame(&connection->frame);
    connection->discard--;
  }
  if (connection->discard == 0) establish(connection);
  return (size_t)(at - bytes);
}

/** RFC 6455 §5.5.1: our Close comes back; data that was on its way comes before it. */
static void read_close(Connection *connection, const uint8_t *bytes, size_t length) {
  const uint8_t *at = bytes, *end = bytes + length;
  while (at < end && read_frame(&connection->frame, &at, end)) {
    Frame *frame = &connection->frame;
    Blob *payload = &frame->payload;
    bool is_close = frame->header[0] == 0x88;
    bool is_right = payload->length == plan.payload.length && memcmp(payload->bytes, plan.payload.bytes, payload->length) == 0;
    if (is_close && (!is_right || connection->missing == 0)) die("connection %d: not the Close that was due", connection->index);
    if (is_close) connection->missing = 0;
    reset_frame(frame);
  }
}

static void on_bytes(Connection *connection, const uint8_t *bytes, size_t length) {
  counters.bytes_in += length;
  while (length > 0) {
    size_t taken = length;
    if (connection->state == SHAKING_HANDS) taken = shake_hands(connection, bytes, length);
    else if (connection->state == IN_PRELUDE) taken = read_prelude(connection, bytes, length);
    else if (connection->state == CLOSING) read_close(connection, bytes, length);
    else {
      uint32_t count = plan.deflate ? check_frames(connection, bytes, length) : check_exact(connection, bytes, length);
      if (count > 0) workload.on_answers(connection, count);
    }
    bytes += taken;
    length -= taken;
  }
}

static void on_end(Connection *connection) {
  if (connection->state != CLOSING || connection->missing > 0) die("connection %d: the server hung up", connection->index);
  close(connection->fd);
  workload.on_gone(connection);
}

void on_readable(Connection *connection) {
  ssize_t length = read(connection->fd, buffer, sizeof buffer);
  if (length > 0) on_bytes(connection, buffer, (size_t)length);
  else if (length == 0) on_end(connection);
  else if (errno != EAGAIN) die("connection %d: %s", connection->index, strerror(errno));
}

static int opened;

static void count_opened(Connection *connection) {
  if (!plan.greet) { opened++; return; }
  connection->missing = (uint32_t)plan.expected;
  send_batch(connection);
}

static void count_greeted(Connection *connection, uint32_t count) {
  if (count > connection->missing) die("connection %d: more answers than questions", connection->index);
  if ((connection->missing -= count) == 0) opened++;
}

void open_connections(int count) {
  workload = (Workload){.on_established = count_opened, .on_answers = count_greeted};
  int first = connection_count;
  connections = connections == NULL ? calloc(65536, sizeof *connections) : connections;
  if (first + count > 65536) die("too many connections");
  for (opened = 0; opened < count;) {
    while (connection_count < first + count && connection_count - first - opened < AT_ONCE) {
      Connection *connection = &connections[connection_count];
      connection->index = connection_count++;
      start_connecting(connection);
    }
    poll_once();
  }
}
