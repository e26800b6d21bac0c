// What the client is made of in Node: from a URL to an open connection, redirects included (RFC 6455 §4.1). Knows nothing of
// what came before this attempt, and nothing of what comes after.
import type { Duplex } from 'node:stream'
import { Compression, type CompressionParameters, ZlibPool, offerCompression, serializeExtension } from '@tocsin/core/compression'
import { UsageError, isSendableCloseCode, serializeClosePayload } from '@tocsin/core/protocol'
import { headersAcross, redirectOf } from '../handshake/redirect.js'
import { RefusedError } from '../handshake/refused-error.js'
import { type HandshakeRequest, type RequestHeaders, serializeRequest } from '../handshake/request.js'
import { checkResponse } from '../handshake/response-check.js'
import type { ResponseParser } from '../handshake/response-parser.js'
import { parseRetryAfter } from '../handshake/retry-after.js'
import { type Target, parseTarget } from '../handshake/target.js'
import type { Cut, LinkOwner } from '../shared/link.js'
import type { Platform } from '../shared/platform.js'
import { MaskingKeys } from '../wire/masking-keys.js'
import { broken } from '../wire/wire-life.js'
import { Wire } from '../wire/wire.js'
import { dial } from './dial.js'
import { exchange } from './exchange.js'
import { failure, misuse } from './faults.js'
import type { DialSettings } from './options.js'
import { delayAfter } from './refusal-policy.js'

/** Who wants it, and whether still. */
interface Attempt {
  readonly owner: LinkOwner
  readonly signal: AbortSignal
}

interface Asked {
  readonly socket: Duplex
  readonly request: HandshakeRequest
  readonly answer: ResponseParser
}

export class NodePlatform implements Platform<Target> {
  readonly misuse = misuse
  readonly failure = failure
  readonly parseUrl = parseTarget
  readonly nextDelay = delayAfter
  readonly #settings: DialSettings
  readonly #keys = new MaskingKeys()
  readonly #pool = new ZlibPool({ budget: Infinity })

  constructor(settings: DialSettings) {
    this.#settings = settings
  }

  checkClose(code: number, reason: string): void {
    // RFC 6455 §7.4.1: 1005 is what an empty Close frame is called, and nothing to be sent.
    if (!isSendableCloseCode(code)) {
      throw new UsageError('WS_ERR_CLOSE_CODE', 'close code must be 1000-1003, 1007-1014 or 3000-4999 (RFC 6455 §7.4)')
    }
    serializeClosePayload(code, reason)
  }

  connect(target: Target, owner: LinkOwner): Cut {
    const attempt = new AbortController()
    const { signal } = attempt
    this.#open(target, { owner, signal }).then(
      (wire) => {
        if (signal.aborted) return
        owner.onOpen(wire)
        wire.start()
      },
      (error: Error) => { if (!signal.aborted) owner.onEnd(broken(error, 'peer')) },
    )
    return (error) => attempt.abort(error)
  }

  async #open(target: Target, attempt: Attempt): Promise<Wire> {
    let headers = await this.#settings.headers()
    attempt.signal.throwIfAborted()
    for (let redirects = this.#settings.followRedirects; ; redirects--) {
      const { socket, request, answer } = await this.#ask(target, headers, attempt)
      if (answer.head!.status === 101) return this.#establish(socket, request, { answer, attempt })
      // RFC 6455 §4.1(1): any other status is handled as HTTP says.
      socket.destroy()
      const next = redirects > 0 ? redirectOf(answer.head!, target) : undefined
      if (next === undefined) throw refusal(answer, attempt)
      headers = headersAcross(headers, target, next)
      target = next
    }
  }

  async #ask(target: Target, headers: RequestHeaders, attempt: Attempt): Promise<Asked> {
    const { origin, subprotocols, compression } = this.#settings
    const extensions = compression && serializeExtension(offerCompression(compression))
    // Before a connection is made: a usage error costs nothing.
    const request = serializeRequest(target, { headers, origin, subprotocols, extensions })
    const socket = await dial(target, this.#settings, attempt.signal)
    const { remoteAddress, remotePort } = socket as Partial<{ remoteAddress: string; remotePort: number }>
    attempt.owner.emit('connect', { url: target.url, remoteAddress, remotePort })
    return { socket, request, answer: await exchange(socket, request.bytes, attempt.signal) }
  }

  #establish(socket: Duplex, { key }: HandshakeRequest, { answer, attempt }: { answer: ResponseParser; attempt: Attempt }): Wire {
    const { subprotocols, compression, maxMessageSize, heartbeat } = this.#settings
    const response = answer.head!
    try {
      const agreed = checkResponse(response, { key, subprotocols, compression })
      return new Wire({
        ...agreed,
        ...attempt,
        socket,
        response,
        rest: answer.rest,
        compression: agreed.compression && this.#compressionOf(agreed.compression),
        maxMessageSize,
        heartbeat,
        keys: this.#keys,
      })
    } catch (error) {
      // RFC 6455 §4.1: _Fail the WebSocket Connection_; before it is open there is nobody to say Close to.
      socket.destroy()
      throw error
    }
  }

  #compressionOf(parameters: CompressionParameters): Compression {
    const { compression, maxMessageSize } = this.#settings
    const counters = { messagesDeflated: 0, messagesInflated: 0 }
    return new Compression({ pool: this.#pool, parameters, policy: compression!, role: 'client', maxMessageSize, counters })
  }
}

function refusal({ head, body }: ResponseParser, { owner: { clock } }: Attempt): RefusedError {
  const now = (clock.timeOrigin ?? performance.timeOrigin) + clock.now()
  return new RefusedError(head!, body, parseRetryAfter(head!.headers['retry-after'] as string | undefined, now))
}
