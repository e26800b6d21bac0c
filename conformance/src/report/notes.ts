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

/** Of the client only. */
export const CLIENT_NOTES: readonly Note[] = [
  {
    theme: /^Opening handshake: right answers$/,
    name: /^no subprotocol/,
    title: 'A server without a subprotocol',
    text:
      'RFC 6455 §4.2.2: a server that agrees to none leaves the field out, and §4.1 has the client check only a field that is '
      + 'there. ws fails the connection, as the WHATWG does not.',
  },
  {
    theme: /^Opening handshake: wrong answers$/,
    name: /HTTP\/1\.0/,
    title: 'A 101 of HTTP/1.0',
    text: 'RFC 6455 §4.1 demands HTTP/1.1 or higher, and HTTP/1.0 knows no 101 (RFC 9110 §15.2). ws does not look.',
  },
  {
    theme: /^Opening handshake: wrong answers$/,
    name: /^interim/,
    title: 'Interim answers without an end',
    text:
      'RFC 6455 §10.7 is about data that is not what was expected; no rule names a number. Each of them is forgotten, so that '
      + 'memory is bounded; what ends it in ws is `handshakeTimeout`, which is off by default.',
  },
  {
    theme: /^Closing handshake of a client$/,
    name: /end of TCP is left|leaves the end of TCP/,
    title: 'The client ends TCP first',
    text: 'RFC 6455 §7.1.1: the server SHOULD close first, and a client waits for it. ws sends FIN behind its Close frame.',
  },
  {
    theme: /^Compression: responses$/,
    name: /^offered client_no_context_takeover|^offered neither context.*server_no_context_takeover/,
    title: 'A client that said it would keep no context',
    text:
      'RFC 7692 §7.1.1.2: who offers client_no_context_takeover "is not going to use context takeover", also where the answer '
      + 'does not repeat it. ws does, then. A hint, and no MUST.',
  },
  {
    theme: /^Compression: responses$/,
    name: /^offered/,
    title: 'An answer that leaves out what was asked for',
    text:
      'RFC 7692 §7.1.1.1, §7.1.2.1: a server that accepts an offer with server_no_context_takeover or server_max_window_bits says '
      + 'so in its answer, and the client fails the connection otherwise (§5.1). ws opens it, and inflates with the larger window.',
  },
  {
    theme: /^Compression: responses$/,
    name: /^answered/,
    title: 'Other spellings of an answer',
    text:
      'RFC 7692 §7.1: names and values are what the grammar says; a client MUST fail the connection otherwise (§5.1). ws takes '
      + 'them, and the extension twice.',
  },
]

export function noteFor({ theme, name }: Row): Note | undefined {
  return [...NOTES, ...CLIENT_NOTES].find((note) => note.theme.test(theme) && note.name.test(name))
}
