// Compares what comes with what must come. Every byte of every answer.
#include "load.h"
#include <stdlib.h>
#include <string.h>

enum { ENOUGH = 128 * 1024 };

/** The answer, repeated: so many small answers are compared at once. */
static Blob repeated;

static void repeat(void) {
  size_t times = ENOUGH / plan.answer.length + 1;
  repeated.length = times * plan.answer.length;
  repeated.bytes = malloc(repeated.length);
  for (size_t i = 0; i < times; i++) memcpy(repeated.bytes + i * plan.answer.length, plan.answer.bytes, plan.answer.length);
}

static noreturn void differs(const Connection *connection, const uint8_t *bytes, size_t length) {
  const uint8_t *expected = repeated.bytes + connection->position;
  size_t at = 0;
  while (at < length && bytes[at] == expected[at]) at++;
  size_t place = (connection->position + at) % plan.answer.length;
  die("connection %d: byte %zu of an answer is %02x and should be %02x", connection->index, place, bytes[at], expected[at]);
}

uint32_t check_exact(Connection *connection, const uint8_t *bytes, size_t length) {
  if (repeated.bytes == NULL) repeat();
  size_t size = plan.answer.length, count = 0;
  while (length > 0) {
    size_t part = repeated.length - connection->position;
    if (part > length) part = length;
    if (memcmp(bytes, repeated.bytes + connection->position, part) != 0) differs(connection, bytes, part);
    count += (connection->position + part) / size - connection->position / size;
    connection->position = (connection->position + part) % repeated.length;
    bytes += part;
    length -= part;
  }
  return (uint32_t)count;
}

Blob variant_payload(int64_t variant) {
  size_t size = plan.payload.length / (size_t)plan.variants;
  return (Blob){plan.payload.bytes + (size_t)variant * size, size};
}

static bool is_variant(int64_t variant, Blob message) {
  Blob expected = variant_payload(variant);
  return expected.length == message.length && memcmp(expected.bytes, message.bytes, message.length) == 0;
}

/** A server that was here before may be anywhere in the rotation; from the first message on, the order is fixed. */
static int64_t find_variant(Blob message) {
  int64_t variant = 0;
  while (variant < plan.variants && !is_variant(variant, message)) variant++;
  return variant;
}

/** With permessage-deflate the bytes are the server's choice; what they mean is not. */
static void check_message(Connection *connection) {
  const Frame *frame = &connection->frame;
  bool is_deflated = frame->header[0] & 0x40;
  const uint8_t *bytes = frame->payload.bytes;
  size_t length = frame->payload.length;
  uint8_t first = frame->header[0];
  if ((first & 0xbf) != (0x80 | plan.opcode)) die("connection %d: a frame begins with %02x", connection->index, first);
  if (is_deflated) counters.deflated++;
  bool can_know = is_deflated && !connection->keeps_context && connection->variant >= 0;
  if (!can_know || !is_known(connection->variant, bytes, length)) {
    Blob message = is_deflated ? inflate_payload(connection, bytes, length) : frame->payload;
    if (connection->variant < 0) connection->variant = find_variant(message);
    bool is_right = connection->variant < plan.variants && is_variant(connection->variant, message);
    if (!is_right) die("connection %d: an answer of %zu bytes is not what was sent", connection->index, message.length);
    if (is_deflated && !connection->keeps_context) remember(connection->variant, bytes, length);
  }
  connection->variant = (connection->variant + 1) % plan.variants;
}

uint32_t check_frames(Connection *connection, const uint8_t *bytes, size_t length) {
  const uint8_t *at = bytes, *end = bytes + length;
  uint32_t count = 0;
  while (at < end && read_frame(&connection->frame, &at, end)) {
    check_message(connection);
    reset_frame(&connection->frame);
    count++;
  }
  return count;
}
