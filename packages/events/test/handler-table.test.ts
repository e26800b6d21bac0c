import { describe, expect, test } from 'vitest'
import { HandlerTable } from '../src/handler-table.js'
import { typed } from '../src/schema.js'

const noSuchEvent = expect.objectContaining({ name: 'UsageError', code: 'WS_ERR_EVENT_NAME' })
const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf']

describe('HandlerTable', () => {
  test('finds an event while it has a handler', () => {
    const table = new HandlerTable({ say: typed() })
    const [first, second] = [() => 1, () => 2]
    expect(table.find('say')).toBeUndefined()
    table.add('say', first)
    table.add('say', second)
    expect(table.find('say')?.handlers).toEqual([first, second])
    table.remove('say', first)
    table.remove('say', second)
    expect(table.find('say')).toBeUndefined()
  })

  test('does not disturb who is running through the handlers', () => {
    const table = new HandlerTable({ say: { data: typed(), reply: typed() } })
    table.add('say', () => 1)
    const handlers = table.find('say')?.handlers
    table.add('say', () => 2)
    expect(handlers).toHaveLength(1)
  })

  test.each(names)('takes %s for a name like any other', (name) => {
    const empty = new HandlerTable({})
    expect(empty.find(name)).toBeUndefined()
    expect(() => empty.add(name, () => 1)).toThrow(noSuchEvent)
    const table = new HandlerTable({ [name]: typed() })
    table.add(name, () => 1)
    expect(table.find(name)?.handlers).toHaveLength(1)
  })

  test('refuses what cannot be meant', () => {
    const table = new HandlerTable({ say: typed() })
    expect(() => table.add('shout', () => 1)).toThrow(noSuchEvent)
    expect(() => table.remove('shout', () => 1)).toThrow(noSuchEvent)
    expect(() => table.add('say', 'no function' as never)).toThrow(expect.objectContaining({ code: 'WS_ERR_HANDLER' }))
    expect(() => new HandlerTable({ reply: typed() })).toThrow(noSuchEvent)
    for (const entry of [{}, undefined, { data: 7, reply: typed() }, 'string']) {
      expect(() => new HandlerTable({ say: entry as never })).toThrow(expect.objectContaining({ code: 'WS_ERR_SCHEMA' }))
    }
  })
})
