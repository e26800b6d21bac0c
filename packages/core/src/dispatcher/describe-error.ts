// Whatever was thrown, as text for stderr. Never throws itself, whatever that is. Knows no upgrade.
import { inspect } from 'node:util'
import { messageOf } from '../protocol/errors.js'

export function describeError(error: unknown): string {
  try {
    return inspect(error)
  } catch {
    return messageOf(error)
  }
}
