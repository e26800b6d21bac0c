// A leak verdict, explained.
import type { LeakVerdict } from './leak.js'

export function explainLeak({ verdict, line, tolerance, connectionsPerSecond }: LeakVerdict): string {
  const hourly = (rate: number): string => (Number.isFinite(rate) ? `${((rate * 3600) / 1024).toFixed(0)} KiB` : 'anything')
  const each = connectionsPerSecond === 0 ? '' : `, ${(line.slope / connectionsPerSecond).toFixed(2)} bytes for each of ${connectionsPerSecond.toFixed(0)} connections a second`
  return `${verdict}: heap and buffers, in ${line.points} rests without bad clients and after forced collections, grow by ${hourly(line.slope)} an hour${each}; `
    + `with 95 % certainty by ${hourly(line.low)} to ${hourly(line.high)}, and a leak is more than ${hourly(tolerance)}`
}
