import { expect, it } from 'vitest'
import { createEmitter } from '../../src/shared/emitter.js'

interface Events { readonly hit: number; readonly miss: string }

it('calls the handlers of an event in order; changes count the next time', () => {
  const emitter = createEmitter<Events>()
  const seen: string[] = []
  const late = (value: number): void => { seen.push(`late ${value}`) }
  const first = (value: number): void => {
    seen.push(`first ${value}`)
    emitter.off('hit', first)
    emitter.on('hit', late)
  }
  emitter.on('hit', first)
  emitter.on('hit', (value: number) => { seen.push(`second ${value}`) })
  emitter.emit('hit', 1)
  emitter.emit('miss', 'x')
  emitter.emit('hit', 2)
  expect(seen).toEqual(['first 1', 'second 1', 'second 2', 'late 2'])
  expect([emitter.of('hit').length, emitter.of('miss')]).toEqual([2, []])
})

it('one handler twice is called twice, and removed whole', () => {
  const emitter = createEmitter<Events>()
  let count = 0
  const handler = (): void => { count++ }
  emitter.on('hit', handler)
  emitter.on('hit', handler)
  emitter.emit('hit', 1)
  emitter.off('hit', handler)
  emitter.emit('hit', 1)
  expect(count).toBe(2)
})
