// A refused page is said once per origin, and not for ever.
import { afterEach, expect, test, vi } from 'vitest'
import { OriginWarning } from '../../src/endpoint/origin-warning.js'

afterEach(() => { vi.restoreAllMocks() })

test('once per origin, with names and the way out', () => {
  const emit = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  const warning = new OriginWarning()
  for (const origin of ['http://evil.example', 'http://evil.example', undefined, 'null']) warning.warn('chat', origin, 'good.example')
  expect(emit).toHaveBeenCalledTimes(3)
  const [text, options] = emit.mock.calls[0] as unknown as [string, { code: string }]
  for (const word of ['chat', 'http://evil.example', 'good.example', '`origins`']) expect(text).toContain(word)
  expect(options.code).toBe('WS_WARN_ORIGIN')
})

test('at most 100 of them; line breaks cannot forge a second one', () => {
  const emit = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  const warning = new OriginWarning()
  for (let i = 0; i < 1_000; i++) warning.warn('chat', `http://e${i}.example\nInjected`, 'host')
  expect(emit).toHaveBeenCalledTimes(100)
  expect(String(emit.mock.calls[0]![0])).not.toContain('\n')
})
