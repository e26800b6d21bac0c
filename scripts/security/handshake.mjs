// The opening handshake: what must never happen, and what tries it.
import { contract, core, express, fastify, nestjs, security } from './row.mjs'

/** @type {import('./row.mjs').Row[]} */
export const handshake = [
  {
    fault: 'RST, FIN or garbage while a hook, middleware or a guard still works',
    required: 'the socket is listened to from the first moment to the last; the result is dropped; no crash, no leak; up to 64 KiB is read meanwhile, so that the end is seen',
    tests: [
      security('opening-handshake', 'RST, FIN or garbage while an asynchronous hook is working', 'garbage alone fails the connection once it is open: 1002',
        'more than 64 KiB while the hook works stays in the kernel, and none of it is lost', 'RST in the very moment of the decision'),
      core('dispatcher/stress', 'C2: hundreds of upgrades, a third reset in the middle of an asynchronous handler: no crash, no handle left'),
      express('faults', 'hundreds of them, a third reset: no crash, nothing left'),
      fastify('hooks', 'C2: a peer that goes away by %s meanwhile: onRequestAbort runs and request.signal aborts'),
    ],
    everyAdapter: [contract('guarding', 'C2 ${how} while middleware works: its result is dropped, nothing crashes, nothing is left',
      'C2 a reset right after the request: whatever the route does, nothing crashes, nothing is left', 'C2 garbage while middleware works fails that connection alone, with 1002')],
    chaos: ['reset-anywhere', 'garbage-before'],
  },
  {
    fault: 'thousands of header fields; fields that are missing, repeated or empty',
    required: 'nothing is taken for granted: 400, or 426 with the version for a wrong one; well-formed, and the connection closes',
    tests: [
      security('opening-handshake', 'missing, repeated or empty fields', '2,000 header fields'),
      core('handshake/request', 'SECURITY: is read, or refused with a well-formed response; nothing else is thrown', 'B9: another version is heard of before its key is judged'),
      core('handshake/refusal', 'SECURITY: a 400, well-formed, Connection: close', 'B9: a 426 names the version, and Upgrade as RFC 9110 §15.5.22 demands'),
      express('faults', 'SECURITY malformed handshakes are complete answers'),
    ],
    everyAdapter: [contract('refusing', 'SECURITY opening handshake: a wrong version gets 426, a missing or wrong key 400')],
  },
  {
    fault: '64 KiB of extensions or subprotocols, made to be slow to read',
    required: 'read in linear time, without backtracking; `__proto__` and `constructor` are names like any other',
    tests: [
      security('opening-handshake', '64 KiB of adversarial extensions and protocols take linear time', 'names like __proto__ and constructor are only names'),
      core('handshake/header-list', 'SECURITY: 64 KiB of %s take a bounded number of steps for each character'),
      core('handshake/subprotocol', 'SECURITY: reads 64 KiB of names'),
    ],
  },
  {
    fault: 'cross-site WebSocket hijacking; DNS rebinding',
    required: 'same origin by default, the scheme where it is known; `null` is refused, an absent Origin is not; 403, and a warning once per origin; `allowedHosts`',
    tests: [
      security('opening-handshake', 'same-origin by default; null is refused, an absent Origin is not', 'the scheme is compared where it is known: over TLS',
        'any, a list, a function; a function that fails or promises lets nobody in', 'a refusal warns once per origin, naming Origin, Host and the option', 'the hook is not even asked',
        'allowedHosts, against DNS rebinding'),
      core('endpoint/origin-warning', 'at most 100 of them; line breaks cannot forge a second one'),
      express('view', 'SECURITY cross-site WebSocket hijacking: the origin'),
      fastify('view', 'the proxy that trustProxy names: address, host and scheme are what it says', 'a proxy that is not among the trusted: its word does not count, nor does its silence about TLS'),
      nestjs('platform/view', 'behind a trusted proxy'),
    ],
    everyAdapter: [contract('refusing', 'SECURITY cross-site WebSocket hijacking: same origin passes, a foreign one and null get 403'),
      contract('serving', 'C5 https: routes upgrade over TLS, and the scheme of the Origin counts')],
  },
  {
    fault: 'CR or LF in a header, cookie, subprotocol or reason of the application',
    required: 'a usage error before a byte is written',
    tests: [
      core('handshake/response-fields', 'SECURITY: refuses the name %j', 'SECURITY: whatever the app supplies, a head has one line for each value'),
      core('handshake/response', 'SECURITY: refuses the reason %j', 'SECURITY: refuses a header or cookie that would break out of its line'),
      express('faults', 'SECURITY CR/LF: a header that middleware could not set either never reaches the wire'),
      fastify('upgrade', 'SECURITY CR/LF in a header of the hook is a 500 of Fastify, without a word'),
    ],
  },
  {
    fault: 'path confusion: `//`, `%2f`, `;`, a trailing `/`, case, dot segments',
    required: 'the router of the framework decides; core compares the raw path',
    tests: [
      security('opening-handshake', 'path confusion: the raw path is compared, never a normalised one'),
      express('pipeline', 'path confusion: the router decides, for an upgrade as for a request'),
      fastify('plugin', 'SECURITY path confusion: the router decides for an upgrade as for a request'),
      nestjs('platform/routes', 'a page and a gateway on one path; a fallback page takes no upgrade of a gateway'),
    ],
  },
  {
    fault: 'never finishing the handshake; never authenticating; connections without end',
    required: 'a deadline for the handshake and for `authenticate()`; caps on connections, on those of one address, and on pending handshakes',
    tests: [
      core('endpoint/opening', 'of a hook that does not settle: 503, its signal aborts, its result is dropped'),
      core('features/promises', 'the deadline of the handshake holds without an option: 10 s'),
      core('dispatcher/framework-attempt', 'never finishing the handshake: a framework that is silent is a 503 at the deadline, and its response closes'),
      express('faults', 'SECURITY never finishing the handshake'),
      fastify('hooks', 'a hook that hangs in onSend is answered 503 at the deadline of the handshake'),
      security('limits', 'caps: a crowd above them is turned away with 503, works on nothing, and leaves nothing',
        'a deadline for authenticate(): 100 connections that never do are gone after it, and were never broadcast to'),
      core('dispatcher/admission', '503 with Retry-After, and nobody is asked: no handler, no framework, no foreign listener',
        'by default 1,000 of a public address; none of loopback, private and link-local ones, and of sockets without an address',
        'by default 2,000 handshakes may be pending, with a warning once', 'the address that a trusted proxy states; an IPv6 network counts as one', 'nobody else\'s word counts'),
      core('connection/authentication', '1008, and it was never there'),
      core('features/limits', 'until then a connection is outside of everything that addresses connections', 'at the deadline 1008, also while a handler is still at it'),
    ],
    everyAdapter: [contract('limiting', 'A27 over maxConnections: 503 with Retry-After before any middleware, until one has gone; refused ones leave nothing behind',
      'SECURITY caps: the address that a trusted proxy states counts, an IPv6 network of 64 bits as one', 'SECURITY caps: pending handshakes are those that middleware still works on')],
    chaos: ['says-nothing', 'stalled-handshake', 'trickled-handshake', 'undecided', 'crowds-in', 'never-authenticates', 'comes-and-goes'],
  },
  {
    fault: 'frames in the segment of the request',
    required: 'kept, and delivered in order after `open` has settled',
    tests: [
      core('features/open-and-message', 'frames in the segment of the handshake are delivered in order, after open', 'so are those that come while the hook thinks, and a synchronous one changes nothing'),
      security('opening-handshake', 'frames that come early never reach a hook that refuses'),
    ],
    everyAdapter: [contract('upgrading', 'A35 frames in the segment of the handshake are delivered in order, after `open` has settled')],
  },
  {
    fault: 'two listeners answer one upgrade',
    required: 'among ours the second gets a usage error; a foreign one never hears of an upgrade that is claimed',
    tests: [
      security('opening-handshake', 'the same upgrade cannot be taken twice: two endpoints on one path are a usage error'),
      core('dispatcher/pending-upgrade', 'two listeners answering one upgrade: the second claim is a usage error'),
      core('dispatcher/foreign-listeners', 'C1: a claimed upgrade never reaches a foreign listener'),
    ],
    everyAdapter: [contract('sharing', 'SECURITY two answers to one upgrade: the second is a usage error, and the first connection is unharmed',
      'C1 a server of `ws` that was attached before keeps its path, and never hears of ours')],
  },
  {
    fault: 'an upgrade pipelined behind a response that is not finished',
    required: 'the connection ends after that response: no crash, none of its bytes among frames',
    tests: [
      security('opening-handshake', 'an upgrade pipelined behind an unfinished response: no response byte among frames, no crash'),
      core('dispatcher/unfinished-responses', 'an upgrade pipelined behind an unfinished response: that response whole, then 400 and the end'),
    ],
    everyAdapter: [contract('sharing', 'SECURITY an upgrade pipelined behind an unfinished response: that response comes whole, then the connection ends')],
  },
  {
    fault: 'the text of an exception',
    required: 'never sent to the peer',
    tests: [
      core('dispatcher/framework-attempt', 'exception text: what a framework throws, rejects with or passes on is a bare 500, and is reported'),
      core('dispatcher/upgrade-chain', 'exception text: a handler that throws is a 500 without it'),
      express('errors', 'SECURITY exception text: what nobody handles is a 500 without a word, whatever NODE_ENV says'),
      fastify('conceal-errors', 'SECURITY exception text'),
      nestjs('upgrade/upgrade-pipeline', 'a bug is a 500 without its text; an unknown path is a 404'),
    ],
    everyAdapter: [contract('refusing', 'SECURITY exception text: ${step} throws, the peer gets a bare 500 and the application hears of it once')],
  },
]
