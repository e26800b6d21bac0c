// A little of everything, where the same way has been taken in full over the other scheme.
import { expect, test } from 'vitest'
import type { Sample } from '../../src/agent.js'
import type { Line } from './line.js'

export const SAMPLES: Sample[] = [
  { text: 'grüße, 世界 🌍' }, { text: '' }, { bytes: 0, of: 'noise' }, { bytes: 70_000, of: 'noise' }, { bytes: 1 << 20, of: 'counter' },
]

export function gist(line: Line): void {
  test('messages, and a Close of the client', async () => {
    const { echo, close, visit, subprotocol } = await line.open('/plain', { subprotocols: ['chat.v1'] })
    expect(subprotocol).toBe('chat.v1')
    expect(await echo(SAMPLES)).toEqual([])
    expect(await close(4999, 'done')).toMatchObject({ code: 4999, clean: true })
    expect(await visit.closed).toMatchObject({ code: 4999, reason: 'done', clean: true, initiator: 'peer' })
  })

  test('compressed messages, and a Close of ours', async () => {
    const { echo, closed, visit } = await line.open('/deflate')
    expect(await echo(SAMPLES)).toEqual([])
    expect(visit.connection.info.bytesSent).toBeLessThan(1 << 20)
    visit.connection.close(1012, 'restarting')
    expect(await closed()).toEqual({ code: 1012, reason: 'restarting', clean: true })
    expect(await visit.closed).toMatchObject({ code: 1012, clean: true, initiator: 'local' })
  })
}
