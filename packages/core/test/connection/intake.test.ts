// When a connection reads, and when it does not: the calls it makes, in their order.
import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { Intake, type IntakeOwner } from '../../src/connection/intake.js'
import type { ConnectionSettings } from '../../src/connection/settings.js'
import { ProtocolError } from '../../src/protocol/index.js'
import { Runtime } from '../../src/runtime.js'
import { masked } from '../support/raw-peer.js'
import { testClock } from '../support/virtual-clock.js'

/** An owner that writes down what it is told; `room` is how many messages more it takes. */
function setup(room = Infinity) {
  const log: string[] = []
  const note = (what: string) => (): void => { log.push(what) }
  const state = { room, takesFrames: true, errors: [] as unknown[], onMessage: (): void => {} }
  const owner = {
    transport: { pause: note('pause'), resume: note('resume'), destroy: note('destroy') },
    outbox: { isGathering: false, flushReplies: () => { owner.outbox.isGathering = false; log.push('flush') } },
    inbox: { get isFull() { return state.room <= 0 } },
    watchdog: { excuse: note('excuse') },
    runtime: new Runtime({ clock: testClock() }),
    get takesFrames() { return state.takesFrames },
    get canReceive(): boolean { return intake.canReceive },
    onMessage: (message: string) => { log.push(`<${message}>`); state.room--; state.onMessage() },
    onControlFrame: note('control'),
    onReceiveError: (error: unknown) => { log.push('error'); state.errors.push(error); state.takesFrames = false },
    onUnparsedDue: () => { log.push('due'); intake.pump() },
    onIntakeEnd: note('end'),
  }
  const intake: Intake = new Intake(owner as unknown as IntakeOwner, { maxMessageSize: 1_000, text: 'string' } as ConnectionSettings)
  /** What has happened since the last time. */
  const news = (): string[] => log.splice(0)
  return { intake, state, news }
}

const abc = (): Buffer => Buffer.concat([masked('a'), masked('b'), masked('c')])

describe('the application holds it up', () => {
  test('one write for all that one chunk brought', () => {
    const { intake, news } = setup()
    intake.start()
    intake.take(abc())
    expect(news()).toEqual(['resume', '<a>', '<b>', '<c>', 'flush'])
  })

  test('a full inbox stops it in the middle of a chunk; the rest comes before anything that is read later', () => {
    const { intake, state, news } = setup(1)
    intake.take(abc())
    expect([news(), intake.isReading]).toEqual([['<a>', 'flush', 'pause'], false])
    state.room = 1
    intake.goOn()
    expect([news(), intake.isReading]).toEqual([['due', '<b>', 'flush'], false])
    state.room = 2
    intake.goOn()
    expect([news(), intake.isReading]).toEqual([['due', '<c>', 'flush', 'excuse', 'resume'], true])
  })

  test('a pause that the application asks for', () => {
    const { intake, news } = setup()
    intake.setPaused(true)
    intake.setPaused(true)
    expect([news(), intake.isPaused, intake.isReading, intake.canReceive]).toEqual([['pause'], true, false, false])
    intake.take(masked('late'))
    expect(news()).toEqual(['flush'])
    intake.setPaused(false)
    expect(news()).toEqual(['due', '<late>', 'flush', 'excuse', 'resume'])
    expect([intake.isPaused, intake.isReading]).toEqual([false, true])
  })

  test('does not begin to read while it is held up', () => {
    const { intake, state, news } = setup(0)
    intake.start()
    expect(news()).toEqual(['pause'])
    state.room = 1
    intake.goOn()
    expect(news()).toEqual(['excuse', 'resume'])
  })

  test('a handler that makes room while bytes are taken does not start a second run', () => {
    const { intake, state, news } = setup()
    state.onMessage = () => { intake.goOn() }
    intake.take(abc())
    expect(news().filter((what) => what !== 'due')).toEqual(['<a>', '<b>', '<c>', 'flush'])
  })
})

describe('FIN', () => {
  test('ends at once when everything has been taken, half a frame or not', () => {
    const { intake, news } = setup()
    intake.take(Buffer.concat([masked('a'), masked('half').subarray(0, 7)]))
    intake.end()
    expect(news()).toEqual(['<a>', 'flush', 'end'])
  })

  test('waits for messages that are held up', () => {
    const { intake, state, news } = setup(1)
    intake.take(abc())
    intake.end()
    expect(news()).toEqual(['<a>', 'flush', 'pause'])
    state.room = 1
    intake.goOn()
    expect(news()).toEqual(['due', '<b>', 'flush'])
    state.room = 1
    intake.goOn()
    expect(news().slice(0, 4)).toEqual(['due', '<c>', 'flush', 'end'])
  })

  test('says nothing of it once the connection is ending for another reason', () => {
    const { intake, state, news } = setup(1)
    intake.take(Buffer.concat([masked('a'), masked('last')]))
    intake.end()
    state.onMessage = () => { state.takesFrames = false }
    state.room = 1
    intake.goOn()
    expect(news().slice(3)).toEqual(['due', '<last>', 'flush', 'excuse', 'resume'])
  })
})

describe('the connection ends', () => {
  test('bytes that break the RFC: what came before is handed out, the error is told, and replies still go out', () => {
    const { intake, state, news } = setup()
    intake.take(Buffer.concat([masked('a'), Buffer.from('8100', 'hex'), masked('never')]))
    expect(news()).toEqual(['<a>', 'error', 'flush'])
    expect(state.errors[0]).toBeInstanceOf(ProtocolError)
  })

  test('in the middle of a chunk: the rest of it does not count', () => {
    const { intake, state, news } = setup()
    state.onMessage = () => { state.takesFrames = false }
    intake.take(abc())
    expect(news()).toEqual(['<a>', 'flush'])
  })

  test('stop() forgets what was held up, and reads on: the end of TCP must be seen', () => {
    const { intake, state, news } = setup(1)
    intake.take(abc())
    news()
    state.takesFrames = false
    intake.stop()
    expect([news(), intake.isReading]).toEqual([['excuse', 'resume'], true])
    Object.assign(state, { takesFrames: true, room: 3 })
    intake.goOn()
    expect(news()).toEqual([])
  })

  test('up to 1 MiB is thrown away for the peer to see our Close frame; then TCP is cut', () => {
    const { intake, news } = setup()
    intake.discard(1024 * 1024 - 1)
    intake.discard(1)
    expect(news()).toEqual([])
    intake.discard(1)
    expect(news()).toEqual(['destroy'])
  })
})
