// What is done about the peer's control frames (RFC 6455 §5.5): a Ping is answered, Close begins or ends the closing handshake, and
// who wants to hear of them does. Knows no bytes.
import { Buffer } from 'node:buffer'
import { type CloseStatus, parseClosePayload } from '../protocol/close-payload.js'
import { CloseFrame, Frame } from '../protocol/frame.js'
import { Opcode } from '../protocol/opcode.js'
import type { Closing } from './closing.js'
import type { Inbox } from './inbox.js'
import { OPEN } from './life.js'
import type { Outbox } from './outbox.js'
import type { Outgoing } from './outgoing.js'
import type { ConnectionHost } from './settings.js'

export interface ControlledConnection<Connection> {
  readonly host: ConnectionHost<Connection>
  readonly inbox: Inbox<Connection>
  readonly outbox: Outbox
  readonly outgoing: Outgoing
  readonly closing: Closing
}

/** @throws ProtocolError for a Close that no peer may send */
export function takeControlFrame<Connection>(on: ControlledConnection<Connection>, opcode: Opcode, payload: Buffer): void {
  if (opcode === Opcode.Close) onClose(on, parseClosePayload(payload))
  else if (opcode === Opcode.Ping) onPing(on, payload)
  else onPong(on, payload)
}

/** RFC 6455 §5.5.2: a Ping is answered with a Pong that carries the same payload. */
function onPing<Connection>({ host, inbox, outbox, closing }: ControlledConnection<Connection>, payload: Buffer): void {
  if (host.settings.deliver.ping) inbox.pushEvent('frame', new Frame({ opcode: Opcode.Ping, payload: Buffer.from(payload) }))
  else if (closing.life === OPEN) outbox.sendPong(payload)
  if (host.hasHandler('ping')) inbox.pushEvent('ping', Buffer.from(payload))
}

function onPong<Connection>({ host, inbox }: ControlledConnection<Connection>, payload: Buffer): void {
  if (host.settings.deliver.pong) inbox.pushEvent('frame', new Frame({ opcode: Opcode.Pong, payload: Buffer.from(payload) }))
  if (host.hasHandler('pong')) inbox.pushEvent('pong', Buffer.from(payload))
}

function onClose<Connection>({ host, inbox, outgoing, closing }: ControlledConnection<Connection>, status: CloseStatus): void {
  if (host.settings.deliver.close) inbox.pushEvent('frame', new CloseFrame(status.code, status.reason))
  outgoing.finishSliced()
  closing.onCloseFrame(status, host.settings.closeTimeout)
}
