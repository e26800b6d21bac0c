// The table of the README: what each client is asked to do, from what it says it is able to.
import type { Abilities, Client } from './clients/client.js'

const EVERYBODY = [
  'texts and binary messages, byte for byte, up to 16 MiB; our fragments; our Pings',
  'close codes and reasons from either end; subprotocol; refusal',
  'what we compress, with several sets of parameters of ours',
]

const ABLE: readonly [ability: keyof Abilities, what: string][] = [
  ['compresses', 'what the client compresses'],
  ['chooses', 'every kind of offer of compression (RFC 7692 §7.1), and none'],
  ['fragments', 'fragments of the client, compressed too'],
  ['pings', 'Pings of the client'],
  ['seesStatus', 'the HTTP status of a refusal'],
]

export function renderMatrix(clients: readonly Client[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`
  return [
    row(['', ...clients.map(({ name }) => name)]),
    row(['---', ...clients.map(() => '---')]),
    ...EVERYBODY.map((what) => row([what, ...clients.map(() => 'yes')])),
    ...ABLE.map(([ability, what]) => row([what, ...clients.map((client) => (client[ability] ? 'yes' : '-'))])),
  ].join('')
}
