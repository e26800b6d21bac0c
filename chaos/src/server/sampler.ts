// The course of a run, second by second: memory, event loop, deliveries. Says it to the parent unasked.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { EndpointStats } from '@tocsin/core'
import { note } from '../process/answering.js'

/** One second. Bytes and milliseconds. */
export interface Sample {
  /** Milliseconds of the clock that all processes of this machine share. */
  readonly at: number
  readonly rss: number
  readonly heapUsed: number
  readonly arrayBuffers: number
  readonly connections: number
  readonly messagesReceived: number
  readonly messagesSent: number
  readonly delayP50: number
  readonly delayP99: number
  readonly delayMax: number
}

export interface Delays {
  readonly p50: number
  readonly p99: number
  readonly p999: number
  readonly max: number
}

/** The monitor's timer fires this often, in ms: what is above it is delay. */
const RESOLUTION = 10

export class Sampler {
  readonly #second = monitorEventLoopDelay({ resolution: RESOLUTION })
  readonly #whole = monitorEventLoopDelay({ resolution: RESOLUTION })
  readonly #stats: () => EndpointStats
  readonly #timer: NodeJS.Timeout

  constructor(stats: () => EndpointStats) {
    this.#stats = stats
    this.#second.enable()
    this.#whole.enable()
    this.#timer = setInterval(() => this.#sample(), 1000)
  }

  /** From now on, for delays(). */
  restart(): void {
    this.#second.reset()
    this.#whole.reset()
  }

  /** Since restart(). */
  delays(): Delays {
    const at = (percentile: number): number => delayOf(this.#whole.percentile(percentile))
    return { p50: at(50), p99: at(99), p999: at(99.9), max: delayOf(this.#whole.max) }
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#second.disable()
    this.#whole.disable()
  }

  #sample(): void {
    const { connections, messagesReceived, messagesSent } = this.#stats()
    const delay = (percentile: number): number => delayOf(this.#second.percentile(percentile))
    const delays = { delayP50: delay(50), delayP99: delay(99), delayMax: delayOf(this.#second.max) }
    this.#second.reset()
    const { rss, heapUsed, arrayBuffers } = process.memoryUsage()
    note({ at: Date.now(), rss, heapUsed, arrayBuffers, connections, messagesReceived, messagesSent, ...delays } satisfies Sample)
  }
}

/** The histogram counts nanoseconds; an empty one says something huge. */
function delayOf(nanoseconds: number): number {
  return nanoseconds > 1e12 ? 0 : Math.max(0, nanoseconds / 1e6 - RESOLUTION)
}
