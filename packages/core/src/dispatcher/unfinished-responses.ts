// Responses to requests that came before the upgrade on the same connection and are not finished yet (HTTP pipelining). They must reach the
// peer whole, before anything else. It must not know what happens afterwards.
import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** The response that Node is writing to this socket; a property without documentation, so nothing here breaks when it is missing. */
function responseOn(socket: Duplex): ServerResponse | undefined {
  return (socket as { readonly _httpMessage?: ServerResponse | null })._httpMessage ?? undefined
}

export function hasUnfinishedResponse(socket: Duplex): boolean {
  return responseOn(socket) !== undefined
}

/** Runs `then` when the last of them is finished and the socket can still be written to. */
export function afterResponses(socket: Duplex, then: () => void): void {
  // Node took its `drain` listener off at the upgrade: without it a response that waits for the peer would wait for ever
  const passDrain = (): void => {
    const response = responseOn(socket)
    if (response?.writableNeedDrain) response.emit('drain')
  }
  // And so that `server.timeout` still ends a peer that reads nothing, as it does without an upgrade in the pipeline
  const cutOff = (): void => void socket.destroy()
  const next = (): void => {
    const response = responseOn(socket)
    // Node's own `finish` listener came first and has put the next response of the queue on the socket
    if (response) return void response.once('finish', next)
    socket.off('drain', passDrain)
    socket.off('timeout', cutOff)
    if (socket.writable) then()
  }
  socket.on('drain', passDrain)
  socket.on('timeout', cutOff)
  next()
}
