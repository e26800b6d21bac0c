// A straight line through points by least squares, and how sure its slope is. Numbers only.

export interface Line {
  readonly slope: number
  /** The slope at x = 0 is this high. */
  readonly intercept: number
  /** The true slope lies between these with a probability of 95 %. */
  readonly low: number
  readonly high: number
  readonly points: number
}

/**
 * Neighbouring points are alike (a heap that is high now is high ten seconds later), so they say less than independent ones would:
 * the number of points is reduced by the correlation of neighbours (n (1 - r) / (1 + r)) before the bounds are calculated.
 */
export function fitLine(xs: readonly number[], ys: readonly number[]): Line {
  const points = xs.length
  if (points < 4) return { slope: NaN, intercept: NaN, low: -Infinity, high: Infinity, points }
  const [meanX, meanY] = [mean(xs), mean(ys)]
  const spread = xs.reduce((sum, x) => sum + (x - meanX) ** 2, 0)
  const slope = xs.reduce((sum, x, i) => sum + (x - meanX) * (ys[i]! - meanY), 0) / spread
  const residuals = xs.map((x, i) => ys[i]! - meanY - slope * (x - meanX))
  const independent = Math.max(3, points * share(residuals))
  const variance = residuals.reduce((sum, each) => sum + each ** 2, 0) / points / (1 - 2 / independent)
  const error = Math.sqrt((variance / spread) * (points / independent))
  const reach = error * studentT95(independent - 2)
  return { slope, intercept: meanY - slope * meanX, low: slope - reach, high: slope + reach, points }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function share(residuals: readonly number[]): number {
  const squares = residuals.reduce((sum, each) => sum + each ** 2, 0)
  if (squares === 0) return 1
  const products = residuals.slice(1).reduce((sum, each, i) => sum + each * residuals[i]!, 0)
  const correlation = Math.min(0.9, Math.max(0, products / squares))
  return (1 - correlation) / (1 + correlation)
}

/** The 97.5 % quantile of Student's distribution: exact for 1 and 2 degrees of freedom, to a percent from 3 on. */
export function studentT95(degrees: number): number {
  if (degrees < 1.5) return 12.71
  if (degrees < 2.5) return 4.303
  const z = 1.96
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2)
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * degrees ** 3)
  return z + (z ** 3 + z) / (4 * degrees) + second + third
}
