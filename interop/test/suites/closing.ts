// Closing from both ends: each end learns the other's code and reason (RFC 6455 §7).
import { describe, expect, test } from 'vitest'
import type { Line } from './line.js'

/** 123 bytes: RFC 6455 §5.5 leaves no more beside the code. */
export const LONG_REASON = `${'größer '.repeat(13)}größ`

export function closing(line: Line): void {
  describe('closing', () => {
    test.each([[1000, 'done'], [3000, LONG_REASON], [4999, '']])('the client closes with %i "%s"', async (code, reason) => {
      const { visit, close } = await line.open()
      expect(await close(code, reason)).toMatchObject({ code, clean: true })
      expect(await visit.closed).toMatchObject({ code, reason, clean: true, initiator: 'peer' })
    })

    test.each([[1000, 'done'], [1001, 'going away'], [1008, LONG_REASON], [1011, ''], [1012, 'restarting'], [4000, 'our own']])(
      'the server closes with %i "%s"',
      async (code, reason) => {
        const { visit, closed } = await line.open()
        visit.connection.close(code, reason)
        expect(await closed()).toEqual({ code, reason, clean: true })
        expect(await visit.closed).toMatchObject({ code, clean: true, initiator: 'local' })
      },
    )

    test('what the server has sent before its Close arrives before it', async () => {
      const { visit, receive, closed } = await line.open()
      visit.connection.send('x'.repeat(300_000))
      visit.connection.send('last words')
      visit.connection.close(1001)
      expect(await receive()).toEqual({ text: 'x'.repeat(300_000) })
      expect(await receive()).toEqual({ text: 'last words' })
      expect(await closed()).toMatchObject({ code: 1001, clean: true })
    })

    test('a server that vanishes: 1006', async () => {
      const { visit, closed } = await line.open()
      visit.connection.terminate()
      expect(await closed()).toMatchObject({ code: 1006, clean: false })
    })
  })
}
