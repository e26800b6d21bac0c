// One request and its answer on a stream (RFC 6455 §4.1). Knows no checks; it reads no further than the answer's head, or a
// refusal's body, and leaves the stream paused.
import type { Buffer } from 'node:buffer'
import type { Duplex } from 'node:stream'
import { WebSocketError } from '@tocsin/core/protocol'
import { ResponseParser } from '../handshake/response-parser.js'

/** @throws ProtocolError for what is no HTTP response, the socket's error, or the reason of the signal. The stream is then destroyed. */
export function exchange(socket: Duplex, request: Buffer, signal: AbortSignal): Promise<ResponseParser> {
  const parser = new ResponseParser()
  return new Promise((resolve, reject) => {
    let socketError: Error | undefined
    const onError = (error: Error): void => { socketError = error }
    const leave = (): void => {
      signal.removeEventListener('abort', onAbort)
      socket.off('data', onData).off('end', onEnd).off('close', onClose)
    }
    // The error listener stays: whoever takes over adds its own.
    const succeed = (): void => {
      leave()
      socket.pause()
      resolve(parser)
    }
    const fail = (error: Error): void => {
      leave()
      socket.destroy()
      reject(error)
    }
    const onAbort = (): void => fail(signal.reason as Error)
    const onClose = (): void => {
      fail(socketError ?? new WebSocketError('WS_ERR_HANDSHAKE', 'the connection ended before the server answered the handshake'))
    }
    const onEnd = (): void => {
      if (parser.end()) succeed()
      else onClose()
    }
    const onData = (chunk: Buffer): void => {
      try {
        if (parser.push(chunk)) succeed()
      } catch (error) {
        fail(error as Error)
      }
    }
    socket.on('error', onError)
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort)
    socket.on('data', onData).on('end', onEnd).on('close', onClose)
    socket.write(request)
  })
}
