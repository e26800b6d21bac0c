// Reads the frames of a server (RFC 6455 §5.2), however the bytes are cut.
#include "load.h"
#include <stdlib.h>
#include <string.h>

static size_t header_size(const uint8_t *header) {
  uint8_t length = header[1] & 0x7f;
  return length < 126 ? 2 : length == 126 ? 4 : 10;
}

static uint64_t payload_length(const uint8_t *header) {
  size_t size = header_size(header);
  if (size == 2) return header[1];
  uint64_t length = 0;
  for (size_t i = 2; i < size; i++) length = length << 8 | header[i];
  return length;
}

static bool read_header(Frame *frame, const uint8_t **at, const uint8_t *end) {
  while (*at < end) {
    frame->header[frame->have++] = *(*at)++;
    if (frame->have < 2 || frame->have < header_size(frame->header)) continue;
    if (frame->header[1] & 0x80) die("the server masks its frames");
    frame->left = payload_length(frame->header);
    if (frame->left > (64 << 20)) die("a frame of %llu bytes", (unsigned long long)frame->left);
    frame->has_header = true;
    return true;
  }
  return false;
}

static void make_room(Frame *frame, size_t length) {
  if (frame->room >= length) return;
  frame->room = length;
  frame->payload.bytes = realloc(frame->payload.bytes, length);
}

bool read_frame(Frame *frame, const uint8_t **at, const uint8_t *end) {
  if (!frame->has_header && !read_header(frame, at, end)) return false;
  size_t length = (size_t)(end - *at) < frame->left ? (size_t)(end - *at) : (size_t)frame->left;
  make_room(frame, frame->payload.length + frame->left);
  memcpy(frame->payload.bytes + frame->payload.length, *at, length);
  frame->payload.length += length;
  frame->left -= length;
  *at += length;
  return frame->left == 0;
}

void reset_frame(Frame *frame) {
  frame->have = 0;
  frame->has_header = false;
  frame->payload.length = 0;
}
