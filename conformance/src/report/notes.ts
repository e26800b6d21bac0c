// Why another server fails what it fails, and which rule that is: looked into by hand, for docs/conformance.md. Knows no result.
import type { Row } from './table.js'

export interface Note {
  readonly theme: RegExp
  readonly name: RegExp
  readonly title: string
  readonly text: string
}

const ANY = /./

export const NOTES: readonly Note[] = [
  {
    theme: /^Opening handshake: wrong$/,
    name: /^HTTP\/|Host/,
    title: 'Requests before HTTP/1.1, without Host, or with two',
    text:
      'RFC 6455 §4.2.1: a request of HTTP/1.1 or higher with a Host field; otherwise the server MUST stop and answer '
      + 'with an error. ws does not look.',
  },
  {
    theme: /^Opening handshake: wrong$/,
    name: /^version/,
    title: 'Other spellings of version 13',
    text:
      'RFC 6455 §4.2.1: the value is 13, and §4.3 has its grammar; violations of it MUST be answered with an error. ws '
      + 'converts the field to a number.',
  },
  {
    theme: /^Opening handshake: right$/,
    name: /^Upgrade is a list$/,
    title: 'Upgrade as a list',
    text:
      'RFC 6455 §4.2.1 wants a field "containing" websocket, and in HTTP that field is a list. ws compares the whole '
      + 'field. No MUST: a server may refuse.',
  },
  {
    theme: /^Opening handshake: right$/,
    name: /empty elements/,
    title: 'Empty elements in a list',
    text: 'RFC 6455 §9.1 uses the list of HTTP, where a recipient MUST ignore empty elements (RFC 9110 §5.6.1.2). ws answers 400.',
  },
  {
    theme: ANY,
    name: /-bit length$|^a length of|could be shorter/,
    title: 'Lengths that could be shorter',
    text:
      'RFC 6455 §5.2: the minimal number of bytes MUST be used. That binds the sender; §10.7 lets a receiver drop what '
      + 'breaks a rule. ws takes them.',
  },
  {
    theme: /^UTF-8: invalid$/,
    name: ANY,
    title: 'Invalid UTF-8, before the end of the message',
    text:
      'RFC 6455 §8.1: the connection MUST be failed, but not when. ws looks at the whole message, Tocsin at each byte '
      + 'as it comes.',
  },
  {
    theme: /^(Segments and the end of TCP|Compression: fragments)$/,
    name: /FIN/,
    title: 'FIN right behind complete messages',
    text:
      'RFC 6455 §6.2 calls such a message received; it does not say that it must still be answered. With compression '
      + 'on, ws drops answers that are still being deflated when FIN comes (how many, depends on timing); with '
      + 'compression off it answers all.',
  },
  {
    theme: /^Compression: one offer$/,
    name: /max_window_bits=/,
    title: 'Other spellings of a number of window bits',
    text:
      'RFC 7692 §7.1.2: a decimal integer without leading zeroes; §7: an offer with an invalid value MUST be declined. '
      + 'ws converts the value to a number.',
  },
  {
    theme: /^Compression: several offers$/,
    name: /^the legal one of/,
    title: 'A legal offer beside an illegal one',
    text: 'RFC 7692 §7: the illegal offer is declined, so that the next one counts. ws refuses the whole handshake with 400.',
  },
  {
    theme: /^Compression: blocks$/,
    name: /BFINAL/,
    title: 'Blocks behind one with BFINAL',
    text:
      'RFC 7692 §7.2.1: blocks with BFINAL may be used, and the next block follows. ws drops what follows, and delivers '
      + 'a shorter message.',
  },
  {
    theme: /^Compression: bad data$/,
    name: /cut short|a stored block with 5/,
    title: 'Compressed data that is not complete',
    text:
      'RFC 7692 §7.2.2 has the receiver decompress the message, and this cannot be done to its end. No rule names the '
      + 'consequence; ws delivers what there is, in part with the four bytes that it appended itself.',
  },
]

export function noteFor({ theme, name }: Row): Note | undefined {
  return NOTES.find((note) => note.theme.test(theme) && note.name.test(name))
}
