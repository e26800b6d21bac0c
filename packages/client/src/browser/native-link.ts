// One connection of the browser's own WebSocket, as the port wants it. Knows that WebSocket, and nothing of what comes after.
import type { Cut, LinkEnd, LinkOwner } from '../shared/link.js'
import { WebSocketError } from './errors.js'

/** What we use of WebSocket. */
export interface NativeSocket {
  binaryType: string
  readonly protocol: string
  readonly extensions: string
  readonly readyState: number
  readonly bufferedAmount: number
  onopen: (() => void) | null
  onmessage: ((event: { readonly data: unknown }) => void) | null
  onclose: ((event: { readonly code: number; readonly reason: string; readonly wasClean: boolean }) => void) | null
  send(data: unknown): void
  close(code?: number, reason?: string): void
}

declare const WebSocket: new (url: string, subprotocols?: readonly string[]) => NativeSocket

/** There is no event for it. */
const POLL_INTERVAL = 50

export function connect(url: string, owner: LinkOwner): Cut {
  const socket = new WebSocket(url, owner.options.subprotocols)
  let initiator: LinkEnd['initiator'] = 'peer'
  /** Why there is no connection, a browser does not tell. */
  let error: Error | undefined = new WebSocketError('WS_ERR_CONNECT')
  let poll: unknown
  const watch = (): void => {
    poll ||= owner.clock.setTimeout(() => {
      poll = 0
      owner.update()
      if (socket.bufferedAmount && socket.readyState < 3) watch()
    }, POLL_INTERVAL)
  }
  socket.binaryType = 'arraybuffer'
  socket.onclose = ({ code, reason, wasClean: clean }) => owner.onEnd({ code, reason, clean, initiator, error })
  socket.onmessage = ({ data }) => owner.push(typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer))
  socket.onopen = () => {
    error = undefined
    owner.onOpen({
      status: socket,
      send(data, { text, binary }) {
        socket.send(typeof data === 'string' ? (binary ? encode(data) : data) : text ? new TextDecoder().decode(data as Uint8Array) : data)
        watch()
      },
      close(code, reason) {
        initiator = 'local'
        socket.close(code, reason)
      },
    })
  }
  // A browser cuts nothing: it is left to itself.
  return () => {
    socket.onopen = socket.onmessage = socket.onclose = null
    socket.close()
  }
}

export function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
