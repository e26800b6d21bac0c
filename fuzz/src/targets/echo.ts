// What a connection to an endpoint, or a client, that echoes must look like: what comes back, and how the other end leaves. Knows
// events, in the words of the reference.
import { settle } from '@tocsin/testing'
import type { Event } from '../stream/reference.js'
import { demand, demandSame } from '../target.js'

/** How the peer leaves: when all is answered, behind its last byte, or never, which leaves it to the deadlines of what is tested. */
export type Ending = 'fin' | 'fin at once' | 'rst' | 'silence'

export async function leave(peer: { end(): void; reset(): void }, ending: Ending): Promise<void> {
  if (ending === 'silence') return
  if (ending === 'fin') await settle(20)
  if (ending === 'rst') peer.reset()
  else peer.end()
}

/** What an echo answers to what it sees. */
export function answerTo(event: Event): Event[] {
  const [kind, detail] = event.split(' ')
  if (kind === 'pong') return []
  if (kind === 'fail') return [`close ${detail}`]
  return [kind === 'ping' ? `pong ${detail}` : event]
}

/**
 * What must be the same: all answers in their order; all but the Pongs, which may overtake a long message; or the messages as far as they
 * came, since handlers that answer late are cut off by a Close.
 */
export type Strictness = 'all' | 'all but pongs' | 'first messages'

/** @param actual what the bytes of the echo say; one that breaks the RFC shows by a `fail`, which no echo expects */
export function demandEcho(actual: readonly Event[], seen: readonly Event[], strictness: Strictness): void {
  const answers = actual.filter((event) => !event.startsWith('ping'))
  const last = answers.at(-1) ?? ''
  demand(!last.startsWith('fail') && last !== 'anything', () => `the echo broke the RFC: ${last}, behind ${answers.length - 1} others`)
  const expected = seen.flatMap(answerTo)
  if (strictness === 'all') return demandAnswers(answers, expected)
  const isNoPong = (answer: Event): boolean => !answer.startsWith('pong')
  if (strictness === 'all but pongs') return demandAnswers(answers.filter(isNoPong), expected.filter(isNoPong))
  const isMessage = (answer: Event): boolean => answer.startsWith('text') || answer.startsWith('binary')
  const messages = answers.filter(isMessage)
  if (expected.at(-1) === 'anything') messages.length = Math.min(messages.length, expected.filter(isMessage).length)
  demandSame('the first messages', messages, expected.filter(isMessage).slice(0, messages.length))
}

function demandAnswers(answers: readonly Event[], expected: readonly Event[]): void {
  if (expected.at(-1) === 'anything') return demandSame('the first answers', answers.slice(0, expected.length - 1), expected.slice(0, -1))
  const chosen = expected.map((event, index) => (isOneOf(answers[index], event) ? answers[index]! : event))
  demandSame('answers', answers, chosen)
}

/** `close 1007|1009` stands for either. */
function isOneOf(answer: Event | undefined, expected: Event): boolean {
  const [kind, detail] = expected.split(' ')
  return kind === 'close' && detail!.split('|').some((code) => answer === `close ${code}`)
}
