// How long to wait before the next attempt. Pure: no timer, no clock.

const FIRST = 500
const LONGEST = 30_000
const SHORTEST = 200

/**
 * Exponential with full jitter, so that a thousand pages do not come back in the same instant.
 * @param {number} attempt 0 for the first attempt after a loss
 * @param {() => number} [random]
 * @returns {number} milliseconds, 200 to 30,000
 */
export function retryDelay(attempt, random = Math.random) {
  const ceiling = Math.min(LONGEST, FIRST * 2 ** attempt)
  return Math.max(SHORTEST, Math.round(random() * ceiling))
}
