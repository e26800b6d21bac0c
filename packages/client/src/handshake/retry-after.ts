// Retry-After (RFC 9110 §10.2.3): seconds or a date. Pure: the time comes as an argument.

/**
 * @param now milliseconds since 1970
 * @returns milliseconds from now, 0 for a date that has passed; undefined for what is neither
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined
  if (/^\d+$/.test(value)) return Number(value) * 1_000
  // RFC 9110 §5.6.7: all three forms of a date begin with the day's name; Date.parse() takes more than those.
  const date = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(value) ? Date.parse(value) : NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
