// What only Node learns of a refusal, the HTTP status, in the decision whether to come back. Pure.
import type { ClientOptions } from '../shared/options.js'
import type { Outcome, ReconnectOptions } from '../shared/reconnect-policy.js'

/** `reconnect` as it is, but that `final` goes by the status where there is one. */
export function minding(reconnect: ClientOptions['reconnect'] = true): false | ReconnectOptions {
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
