// What one measurement finds. Numbers only.

export interface Measurement {
  /** Microseconds of the server's CPU time per message (for `open`, per connection). */
  readonly cpu?: number
  /** Per second. */
  readonly rate?: number
  /** Microseconds, as the load generator saw them. */
  readonly p50?: number
  readonly p99?: number
  /** Of one core: 1 is all of it. Whoever has the larger share limits the rate. */
  readonly serverShare?: number
  readonly loadShare?: number
  /** What came over the wire for one message. */
  readonly bytesPerMessage?: number
  /** Share of the answers that were compressed. */
  readonly deflatedShare?: number
  /** Bytes of memory (RSS) that one more connection keeps: what is left after garbage collection. */
  readonly memory?: number
  /** By how much it lets the process grow, before garbage is collected. */
  readonly growth?: number
}

export type MeasurementField = keyof Measurement
