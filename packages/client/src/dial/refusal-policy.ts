// What only Node learns of a refusal, the HTTP status and Retry-After, in the decision whether and when to come back. Pure.
import type { ClientOptions } from '../shared/options.js'
import type { LinkEnd } from '../shared/link.js'
import { type Outcome, type Policy, type ReconnectOptions, nextDelay } from '../shared/reconnect-policy.js'

/** As nextDelay(). RFC 9110 §10.2.3: not before Retry-After. All who were refused were told the same, so the delay comes on top. */
export function delayAfter(policy: Policy, end: LinkEnd, failures: number): number {
  const { maxRetryAfter = 3_600_000 } = (policy.reconnect ?? {}) as ReconnectOptions
  const { retryAfter = 0 } = (end.error ?? {}) as Partial<Outcome>
  return nextDelay({ ...policy, reconnect: minding(policy.reconnect) }, end, failures) + Math.min(retryAfter, maxRetryAfter)
}

/** `reconnect` as it is, but that `final` goes by the status where there is one. */
function minding(reconnect: ClientOptions['reconnect'] = true): false | ReconnectOptions {
  if (reconnect === false) return false
  const fixed = typeof reconnect === 'number' && { initialDelay: reconnect, maxDelay: reconnect, jitter: false }
  const given: ReconnectOptions = fixed || (typeof reconnect === 'object' ? reconnect : {})
  const { final = isFinal } = given
  return { ...given, final: (end) => decide(final, withStatus(end)) }
}

function decide(final: NonNullable<ReconnectOptions['final']>, outcome: Outcome): boolean {
  return typeof final === 'function' ? final(outcome) : final.includes(outcome.status ?? outcome.code)
}

function withStatus({ code, error }: Outcome): Outcome {
  const { status, retryAfter } = (error ?? {}) as Partial<Outcome>
  return { code, status, retryAfter, error }
}

/** A server that says 4xx, or redirects, says the same again; 408, 425, 429 and 5xx are about the moment. */
function isFinal({ code, status = 500 }: Outcome): boolean {
  return code === 1000 || (status < 500 && ![408, 425, 429].includes(status))
}
