// What a server speaks inside of WebSocket messages, or instead of them. Knows no sockets.
import { Buffer } from 'node:buffer'
import { type PayloadKind, isText, payloadOf } from '../payload.js'

/** `mirror`: bytes come back as they were sent, mask and all. */
export type ProtocolName = 'plain' | 'mirror' | 'socket.io' | 'nest'

export interface Message {
  readonly opcode: number
  readonly payload: Buffer
}

interface Protocol {
  readonly path: string
  /** Sent behind the handshake. */
  readonly prelude?: Message
  /** Messages of the server before the first answer. */
  readonly discard: number
  /** One message in the server's words. */
  wrap(message: Message): Message
}

const plain: Protocol = { path: '/', discard: 0, wrap: (message) => message }

export const PROTOCOLS: Record<ProtocolName, Protocol> = {
  plain,
  mirror: plain,
  // Engine.IO 4: open, then Socket.IO 5: connect (40), event (42)
  'socket.io': {
    path: '/socket.io/?EIO=4&transport=websocket',
    prelude: textOf('40'),
    discard: 2,
    wrap: ({ payload }) => textOf(`42${JSON.stringify(['message', payload.toString()])}`),
  },
  nest: { ...plain, wrap: ({ payload }) => textOf(JSON.stringify({ event: 'message', data: payload.toString() })) },
}

/** @param variant which of the messages that take turns */
export function messageOf({ payload, size }: { readonly payload: PayloadKind; readonly size: number }, variant = 0): Message {
  return { opcode: isText(payload) ? 1 : 2, payload: payloadOf(payload, size, variant) }
}

function textOf(text: string): Message {
  return { opcode: 1, payload: Buffer.from(text) }
}
