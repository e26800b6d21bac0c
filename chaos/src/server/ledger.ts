// What the server says became of its visitors, by kind. Numbers only.

export interface LedgerEntry {
  accepted: number
  /** By close code. */
  readonly closed: Record<string, number>
  /** By HTTP status; 0: gone before. */
  readonly refused: Record<string, number>
}

export class Ledger {
  readonly entries: Record<string, LedgerEntry> = {}
  /** What `error` handlers were told: the first few. */
  readonly errors: string[] = []
  errorCount = 0

  #of(kind: string): LedgerEntry {
    return (this.entries[kind] ??= { accepted: 0, closed: {}, refused: {} })
  }

  onOpen(kind: string): void {
    this.#of(kind).accepted++
  }

  onClose(kind: string, code: number): void {
    count(this.#of(kind).closed, String(code))
  }

  onRefused(kind: string, status: number): void {
    count(this.#of(kind).refused, String(status))
  }

  onError(error: unknown): void {
    this.errorCount++
    if (this.errors.length < 5) this.errors.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
}

export function count(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1
}

export function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, each) => sum + each, 0)
}
