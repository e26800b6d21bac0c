// The attempts to connect, one at a time, and the one timer of a client: each thing it waits for takes the place of the one before.
import type { Clock } from './clock.js'
import type { Life } from './life.js'
import type { LinkEnd, LinkOwner } from './link.js'
import type { ClientOptions, UrlOption } from './options.js'
import type { Platform } from './platform.js'

export interface AttemptsOwner<Target> extends Life, LinkOwner {
  readonly platform: Platform<Target>
  readonly options: ClientOptions
  readonly clock: Clock
  terminate(error: Error): void
}

/** What to do after so many ms, unless something else happens before. */
type Enter = (readyState: Life['readyState'], delay?: number, then?: () => unknown) => void

/** @returns what moves the client, and what makes it wait for another attempt. @throws UsageError */
export function createAttempts<Target>(owner: AttemptsOwner<Target>, url: UrlOption): [enter: Enter, wait: (delay: number) => void] {
  const { platform, clock, options: { handshakeTimeout = 10_000, signal } } = owner
  const fixed = typeof url !== 'function' && platform.parseUrl(url)
  let timer: unknown

  const onAbort = (): void => owner.terminate(signal!.reason as Error)

  const enter: Enter = (readyState, delay, then) => {
    clock.clearTimeout(timer)
    timer = then && clock.setTimeout(then, delay!)
    owner.readyState = readyState
    if (readyState > 2) signal?.removeEventListener('abort', onAbort)
  }

  const connect = async (): Promise<void> => {
    owner.delay = undefined
    enter(0, handshakeTimeout, () => fail(owner, platform.failure('WS_ERR_HANDSHAKE_TIMEOUT')))
    signal?.addEventListener('abort', onAbort)
    // Stands for this attempt.
    const own = timer
    try {
      // Handlers that are added in this turn miss nothing.
      await Promise.resolve()
      if (signal?.aborted) onAbort()
      const target = fixed || platform.parseUrl(await (url as () => Promise<string>)())
      if (timer === own) owner.cut = platform.connect(target, owner)
    } catch (error) {
      if (timer === own) fail(owner, error as Error, 'peer')
    }
  }
  void connect()

  return [enter, (delay) => {
    owner.delay = delay
    enter(0, delay, connect)
  }]
}

/** No Close frame was received (RFC 6455 §7.1.5). */
export function fail(owner: Pick<LinkOwner, 'onEnd'>, error?: Error, initiator: LinkEnd['initiator'] = 'local'): void {
  owner.onEnd({ code: 1006, reason: '', clean: false, initiator, error })
}
