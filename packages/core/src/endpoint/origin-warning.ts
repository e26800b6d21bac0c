// A refused page is usually a proxy that was not declared: said once per origin, with the way out. Bounded.
const MOST = 100

export class OriginWarning {
  readonly #warned = new Set<string>()

  /** Warns unless this origin was warned about, or too many were. */
  warn(endpoint: string, origin: string | undefined, host: string | undefined): void {
    const key = origin ?? '(none)'
    if (this.#warned.size >= MOST || this.#warned.has(key)) return
    this.#warned.add(key)
    const facts = `Origin ${JSON.stringify(key)}, Host ${JSON.stringify(host ?? '(none)')}`
    const advice = 'If it is yours, set the option `origins`; if a proxy changed Host, `trustedProxies`, or the setting of your framework.'
    process.emitWarning(`WebSocket endpoint '${endpoint}' refused a page: ${facts}. ${advice}`, { type: 'TocsinWarning', code: 'WS_WARN_ORIGIN' })
  }
}
