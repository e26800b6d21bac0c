// Reads a plan: lines of "name value", or "name #length" with so many bytes behind the line.
#include "load.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Plan plan;

typedef struct { const char *name; int64_t *value; } Number;
typedef struct { const char *name; Blob *blob; } Bytes;

static const Number numbers[] = {
  {"port", &plan.port}, {"sources", &plan.sources}, {"senders", &plan.senders}, {"expected", &plan.expected},
  {"barrier", &plan.barrier}, {"rate", &plan.rate}, {"variants", &plan.variants}, {"discard", &plan.discard},
  {"greet", &plan.greet}, {"deflate", &plan.deflate}, {"opcode", &plan.opcode},
};
static const Bytes blobs[] = {
  {"request", &plan.request}, {"accept", &plan.accept}, {"prelude", &plan.prelude}, {"batch", &plan.batch}, {"ends", &plan.ends},
  {"answer", &plan.answer}, {"payload", &plan.payload},
};

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

static void read_blob(FILE *file, Blob *blob, size_t length) {
  blob->bytes = malloc(length + 1);
  blob->length = length;
  if (fread(blob->bytes, 1, length, file) != length) die("the plan is too short");
  blob->bytes[length] = 0;
  fgetc(file);
}

static void take(FILE *file, const char *name, const char *value) {
  if (strcmp(name, "mode") == 0) {
    memcpy(plan.mode, value, strnlen(value, sizeof plan.mode - 1));
    return;
  }
  for (size_t i = 0; i < COUNT(numbers); i++) {
    if (strcmp(numbers[i].name, name) == 0) { *numbers[i].value = strtoll(value, NULL, 10); return; }
  }
  for (size_t i = 0; i < COUNT(blobs); i++) {
    if (strcmp(blobs[i].name, name) == 0) { read_blob(file, blobs[i].blob, strtoull(value + 1, NULL, 10)); return; }
  }
  die("the plan has an unknown field: %s", name);
}

void read_plan(const char *path) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) die("no plan at %s", path);
  char line[128], name[32], value[64];
  while (fgets(line, sizeof line, file) != NULL) {
    if (sscanf(line, "%31s %63s", name, value) != 2) die("not a line of a plan: %s", line);
    take(file, name, value);
  }
  fclose(file);
}
