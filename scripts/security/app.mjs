// The application: what must never happen, and what tries it.
import { contract, core, nestjs, security } from './row.mjs'

const app = (...titles) => security('app', ...titles)

/** @type {import('./row.mjs').Row[]} */
export const application = [
  {
    fault: 'a handler throws or rejects',
    required: '1011 for that connection, `error` once, with the connection; if nobody listens, its stack on stderr, rate-limited; never thrown into the event loop',
    tests: [
      app('%s: 1011 without its text, one error event, the others live', 'close: reported with its connection, and the end is not held up', 'error: both go to stderr',
        '%s: nobody else waits for it, and at the deadline of close() all is over', 'if nobody listens for errors, the stack goes to stderr each time, rate-limited'),
      core('endpoint/error-log', 'ten a second, then a count of what was left out'),
      nestjs('gateway/hooks', 'a failing handleConnection closes that connection with 1011; others, and the process, live'),
    ],
    everyAdapter: [contract('failing', 'SECURITY the app: a handler of ${event} ${how}: 1011 without its text, one error with the connection, the others live',
      'SECURITY the app: a handler of close throws: heard of with the connection, and the shutdown is not held up')],
  },
  {
    fault: 'send after close',
    required: 'a result that says so, never a throw; arguments that are none throw at once',
    tests: [app('send after close: a result that says so, never a throw; invalid arguments throw'), core('connection/closing', 'everything is safe on a closed connection')],
  },
  {
    fault: 'the application closes, terminates or sends inside a handler, an iteration, a broadcast',
    required: 'safe',
    tests: [
      app('close, terminate and send are safe inside any handler', 'inside iteration of a topic, of all connections, and inside the filter of a broadcast'),
      core('features/push', 'safe to mutate while iterating: close, terminate and send inside the loop and inside a broadcast'),
    ],
    everyAdapter: [contract('failing', 'SECURITY the app: close, terminate and send inside handlers, inside iteration and inside the filter of a broadcast')],
  },
  {
    fault: 'shutdown while messages are on their way',
    required: 'what was accepted for sending goes out before the Close frame, up to the deadline',
    tests: [
      app('shutdown while messages are in flight: what was accepted is sent before the Close frame'),
      core('features/endpoint', 'with messages in flight: what was accepted is sent before the Close', 'at the deadline TCP is cut, whoever does not answer'),
    ],
    everyAdapter: [contract('failing', 'SECURITY the app: what was accepted for sending before a shutdown is sent before the Close'), contract('serving', 'C9 the adapter\'s close ends connections with 1001, awaits their `close` handlers, and closes the server',
      'C9 a peer that does not answer Close is cut at the deadline')],
  },
]
