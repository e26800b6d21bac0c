// Durations in buckets that are 1/32 of their size apart: percentiles without keeping each value.
#include "load.h"
#include <string.h>

enum { STEPS = 32, BUCKETS = 64 * STEPS };

static uint64_t buckets[BUCKETS];
static uint64_t total;

void clear_histogram(void) {
  memset(buckets, 0, sizeof buckets);
  total = 0;
}

static int bucket_of(uint64_t value) {
  if (value < STEPS) return (int)value;
  int exponent = 63 - __builtin_clzll(value);
  return (exponent - 4) * STEPS + (int)(value >> (exponent - 5)) - STEPS;
}

static uint64_t middle_of(int bucket) {
  if (bucket < STEPS) return (uint64_t)bucket;
  int exponent = bucket / STEPS + 4;
  uint64_t width = 1ull << (exponent - 5);
  return (STEPS + (uint64_t)(bucket % STEPS)) * width + width / 2;
}

void record(uint64_t nanoseconds) {
  buckets[bucket_of(nanoseconds)]++;
  total++;
}

uint64_t percentile(double share) {
  uint64_t rank = (uint64_t)(share * (double)total), seen = 0;
  for (int i = 0; i < BUCKETS; i++) {
    seen += buckets[i];
    if (seen > rank) return middle_of(i);
  }
  return 0;
}
