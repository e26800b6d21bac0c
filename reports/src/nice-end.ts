// Where an axis ends.

/** 1, 2, 4 or 8 times a power of ten. */
export function niceEnd(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return power * ([1, 2, 4, 8, 10].find((step) => step * power >= value) ?? 10)
}
