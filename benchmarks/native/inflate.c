// Inflates compressed answers (RFC 7692 §7.2.2), and remembers those that were right, so that each has to be inflated once.
#include "load.h"
#include <stdlib.h>
#include <string.h>

/** The compressed bytes of each message. */
static Blob *known;

bool is_known(int64_t variant, const uint8_t *bytes, size_t length) {
  return known != NULL && known[variant].length == length && memcmp(known[variant].bytes, bytes, length) == 0;
}

void remember(int64_t variant, const uint8_t *bytes, size_t length) {
  if (known == NULL) known = calloc((size_t)plan.variants, sizeof *known);
  Blob *blob = &known[variant];
  blob->bytes = realloc(blob->bytes, length);
  blob->length = length;
  memcpy(blob->bytes, bytes, length);
}

#ifdef HAVE_ZLIB
#include <zlib.h>

static z_stream *inflater_of(Connection *connection) {
  if (connection->inflater != NULL) return connection->inflater;
  z_stream *stream = calloc(1, sizeof *stream);
  if (inflateInit2(stream, -15) != Z_OK) die("no inflater");
  return connection->inflater = stream;
}

static int inflate_part(z_stream *stream, const uint8_t *bytes, size_t length) {
  stream->next_in = (Bytef *)bytes;
  stream->avail_in = (uInt)length;
  return inflate(stream, Z_SYNC_FLUSH);
}

Blob inflate_payload(Connection *connection, const uint8_t *bytes, size_t length) {
  static const uint8_t tail[] = {0, 0, 0xff, 0xff};
  static uint8_t *inflated;
  // One more than is due, to see what is too long
  size_t room = variant_payload(0).length + 1;
  if (inflated == NULL) inflated = malloc(room);
  z_stream *stream = inflater_of(connection);
  if (!connection->keeps_context) inflateReset(stream);
  stream->next_out = inflated;
  stream->avail_out = (uInt)room;
  int status = inflate_part(stream, bytes, length);
  if (status == Z_OK || status == Z_BUF_ERROR) status = inflate_part(stream, tail, sizeof tail);
  if (status != Z_OK && status != Z_BUF_ERROR) die("connection %d: not deflate data: %d", connection->index, status);
  return (Blob){inflated, room - stream->avail_out};
}
#else
Blob inflate_payload(Connection *connection, const uint8_t *bytes, size_t length) {
  die("built without zlib: connection %d, %p, %zu", connection->index, (const void *)bytes, length);
}
#endif
