// Frames and messages: what must never happen, and what tries it.
import { client, contract, core, security } from './row.mjs'

const frames = (...titles) => security('frames-and-messages', ...titles)

/** @type {import('./row.mjs').Row[]} */
export const framesAndMessages = [
  {
    fault: 'a frame that breaks a rule: not masked (by a server: masked), RSV, unknown opcode, control frame in fragments or too long, stray continuation, a message inside another, lengths that are not minimal or have the top bit set',
    required: '1002 at once, with a Close frame; reading stops',
    tests: [
      frames('a violation', 'is found at the first wrong byte, before the rest of the frame has come', 'reading stops at a violation: what follows is thrown away, up to 1 MiB, then TCP ends'),
      core('protocol/frame-parser', 'SECURITY frames: §5.1 unmasked client frame %# -> 1002', 'SECURITY frames: §5.1 masked server frame %# -> 1002'),
      security('compression', 'compressed frames where nothing was agreed on: 1002'),
      client('wire/receiver', 'RSV1 on a continuation is 1002'),
    ],
    everyAdapter: [contract('guarding', 'C2 garbage while middleware works fails that connection alone, with 1002')],
    chaos: ['breaks-rules', 'garbage-after'],
  },
  {
    fault: 'invalid UTF-8 in text or in the reason of a Close, also across fragments and reads',
    required: '1007, at the first bad byte',
    tests: [
      frames('a violation', 'invalid UTF-8 is found across fragments and reads, a split character is none'),
      core('protocol/utf8', 'SECURITY frames: §8.1 %s (%s): first bad byte %i', 'SECURITY frames: refuses at exactly the first byte that no continuation can mend'),
    ],
    chaos: ['garbage-after'],
  },
  {
    fault: 'close codes that may not be sent; a Close of one byte',
    required: '1002',
    tests: [frames('a violation'), core('protocol/close-code', 'SECURITY frames: §7.4 of all 65536 numbers, exactly 1000-1003, 1007-1014 and 3000-4999 may stand in a Close frame')],
    chaos: ['breaks-rules'],
  },
  {
    fault: 'a declared length above the limit',
    required: '1009 before anything is buffered',
    tests: [
      frames('a violation', 'a declared length allocates nothing: 1,000 connections each announce 1 MiB and send a byte'),
      core('protocol/message-assembler.memory', 'SECURITY frames: A28: declared length above the limit -> 1009 before buffering anything'),
      client('security/frames-and-messages', 'as %s: 1009, and memory stays'),
    ],
    chaos: ['over-long'],
  },
  {
    fault: 'a few hundred kilobytes that inflate to hundreds of megabytes',
    required: 'inflating stops at the limit, 1009; memory grows by the limit and one piece of output at most',
    tests: [
      security('compression', 'fails with 1009, alone (%s)', 'allocates no more than the limit and a little, whatever it would become',
        'a declared length that no message within the limit can have is refused before it comes', 'while many small bombs of one segment are'),
      client('security/frames-and-messages', '64 MiB of zeros in one frame: 1009 at the limit'),
    ],
    chaos: ['deflate-bomb'],
  },
  {
    fault: 'data that cannot be inflated',
    required: '1007, and that connection alone',
    tests: [security('compression', '%s: 1007, and that connection alone'), client('wire/receiver', '%s is 1007')],
    chaos: ['bad-deflate'],
  },
  {
    fault: 'millions of tiny or empty fragments; one byte per TCP segment',
    required: 'fragments are put together; what they cost counts, per connection and per process, with 1008 beyond it; a deadline for a message that is not finished',
    tests: [
      frames('millions of tiny fragments cost no memory beyond their bytes'),
      core('protocol/message-assembler.memory', 'SECURITY frames: millions of tiny or empty fragments: empty ones cost one allocation, however many'),
      security('limits', 'fragments are coalesced: 300,000 of them hold less than 1 MiB, and make one message',
        'whoever wants more than the process has left for unfinished messages gets 1008; everything is given back exactly',
        'a message that never ends gets 1008 at its deadline, however it trickles in'),
      core('connection/unfinished-message', 'counts from the first byte, however much trickles in, Pings in between included',
        'who wants more than is left is failed with 1008, alone; what it held is there for others'),
      core('connection/memory-budget', 'what is taken is never more than the limit; a refusal takes nothing'),
      client('wire/wire', 'one byte per segment'),
    ],
    everyAdapter: [contract('guarding', 'SECURITY one byte per TCP segment: handshake and messages, as if they came whole')],
    chaos: ['tiny-fragments', 'trickled-message', 'unfinished-message', 'stalled-frame'],
  },
  {
    fault: 'a flood of Pings by a peer that does not read',
    required: 'one Pong waits at most, the newest',
    tests: [
      frames('to a peer that does not read leaves at most one pending Pong, the newest', 'to one that reads is answered in full, in order'),
      core('connection/outbox.blocked', 'the Pong does not wait behind the backlog, nor follow a Close'),
      client('wire/wire', '§5.5.3: to a server that does not read, one Pong waits: the newest'),
    ],
    chaos: ['ping-flood', 'ping-flood-unread'],
  },
  {
    fault: 'a peer that never reads',
    required: 'the policy for slow consumers; memory is bounded by limit × connections, whatever waits: what a message takes beside its bytes counts as well',
    tests: [
      frames('a peer that never reads: closed with 1013 at the limit, cut a second later; memory stays bounded',
        'a peer that never reads: what its tiny messages lead to stays within the limit, heap included'),
      core('connection/outbox.blocked', 'is 16 MiB; beyond it the connection closes with 1013, and says why', 'frames wait in memory of their own'),
      core('connection/slow-consumer', 'refuses what finds no room, and the connection lives', 'the oldest make room, whole, as many as it takes',
        'without room the oldest without a key go, never one with a key'),
      core('connection/slow-consumer.property', 'what is accepted, waits, is dropped and arrives is what the model says'),
      core('connection/slow-consumer.cost', 'tiny messages: 1013 long before their bytes are maxBufferedAmount, which bufferedAmount still counts', '%s, which no policy drops',
        'a short piece of a long string does not keep the long one'),
      { file: 'chaos/test/scenarios/scenarios.test.ts', titles: ['1 MiB to 40 receivers, of whom 4 never read', 'one stalled peer among 20'] },
    ],
    chaos: ['never-reads', 'reads-no-echo', 'close-then-silence'],
  },
  {
    fault: 'too many messages, or bytes, in a second',
    required: 'limits with a policy: reading pauses, or 1008',
    tests: [
      security('limits', 'pause: nothing is lost, and no more is read than the rate allows', 'close: too many %s are 1008, alone', 'a flood of Pings and one of empty messages are floods'),
      core('connection/throttle', 'messages above the burst wait unread, in order, none is lost, and the rate is kept', 'who keeps to the rate stays, for as long as it likes',
        'silence while we do not read is not the peer\'s: the heartbeat waits'),
      core('connection/rate-limit', '%j is refused'),
    ],
    chaos: ['talks-too-fast'],
  },
  {
    fault: 'TCP that is half open',
    required: 'found by the heartbeat',
    tests: [
      frames('half-open TCP is found by the heartbeat'),
      core('connection/watchdog', 'is dead 20 s after the Ping: cut, 1006, with the reason', 'a blocked peer that sends nothing is found all the same'),
      client('wire/heartbeat', 'pings, and is dead without a byte'),
    ],
    chaos: ['frozen', 'unplugged', 'stalled-frame', 'half-closed'],
  },
  {
    fault: 'ids of connections that can be guessed, or that two nodes share',
    required: '`node.random128` from `node:crypto`; never used as a capability',
    tests: [core('runtime', 'ids are node.random128, unique, of URL-safe characters', 'another runtime is another node')],
  },
  {
    fault: 'memory that was never written is sent',
    required: 'strings and bytes only, lengths in bytes; numbers, arrays and objects are a usage error',
    tests: [
      frames('uninitialised memory is never sent: numbers, arrays and objects are a usage error'),
      core('protocol/payload', 'SECURITY frames: uninitialised memory: %o is a usage error'),
      client('wire/wire', 'what is no payload is a UsageError'),
    ],
  },
]
