import { describe, expect, it } from 'vitest'
import { jsonPrinter, peoplePrinter, visible } from '../../src/cli/printer.js'

function printed(use: (printer: ReturnType<typeof peoplePrinter>) => void, make = (write: (line: string) => void) => peoplePrinter(write, false)): string[] {
  const lines: string[] = []
  use(make((line) => lines.push(line)))
  return lines
}

const END = { clean: true, final: true, initiator: 'peer', error: undefined, unconfirmed: { count: 0, messages: [] } } as const

describe('for people', () => {
  it('says everything in a line', () => {
    expect(printed((print) => {
      print.open({ response: undefined, reconnected: false }, { url: 'ws://a/', subprotocol: 'chat', extensions: '' })
      print.message('hi')
      print.message(Buffer.of(1, 0xff))
      print.message(Buffer.alloc(65))
      print.message(Buffer.alloc(0))
      print.frame('ping', Buffer.alloc(0))
      print.frame('pong', Buffer.from('x'))
      print.frame('ping', Buffer.of(0xff, 1))
      print.close({ ...END, code: 4000, reason: 'bye' })
      print.close({ ...END, code: 1006, reason: '' })
      print.error(Object.assign(new Error('401'), { body: 'who?' }))
    })).toEqual([
      'connected to ws://a/ (chat)', '< hi', '< 2 bytes: 01 ff', `< 65 bytes: ${'00 '.repeat(64)}...`, '< 0 bytes', 'ping', 'pong x', 'ping 2 bytes: ff 01', 'closed: 4000 bye', 'closed: 1006 (no Close frame)', 'error: 401\nwho?',
    ])
  })

  it('an error of several addresses has all of them', () => {
    const error = Object.assign(new AggregateError([new Error('::1 refused'), new Error('127.0.0.1 refused')], ''), { code: 'ECONNREFUSED' })
    expect(printed((print) => {
      print.error(error)
      print.error(Object.assign(new Error(''), { code: 'ECONNREFUSED' }))
    })).toEqual(['error: ::1 refused; 127.0.0.1 refused', 'error: ECONNREFUSED'])
  })

  it('a server does not paint the terminal', () => {
    expect(visible('a\u001b[31m\r\u0007\u009b1m\u202e\tb\nc')).toBe('a\\u001b[31m\\u000d\\u0007\\u009b1m\\u202e\tb\nc')
    const lines = printed((print) => {
      print.message('\u001b[2J')
      print.close({ ...END, code: 4000, reason: '\u001b[2J' })
      print.frame('ping', Buffer.from('\u001b[2J'))
      print.error(Object.assign(new Error('x'), { body: '\u001b[2J' }))
    })
    expect(lines.join('')).not.toContain('\u001b')
  })

  it('colours, where they are wanted', () => {
    expect(printed((print) => print.hint('x'), (write) => peoplePrinter(write, true))).toEqual(['\u001b[2mx\u001b[0m'])
  })
})

it('as JSON, line by line', () => {
  const lines = printed((print) => {
    print.message('a\nb')
    print.message(Buffer.of(1, 2))
    print.close({ ...END, code: 1000, reason: '' })
    print.error(Object.assign(new Error('no'), { code: 'WS_ERR_REFUSED', status: 401, body: 'who?' }))
    print.hint('nothing')
  }, jsonPrinter)
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    { event: 'message', text: 'a\nb' },
    { event: 'message', base64: 'AQI=' },
    { event: 'close', code: 1000, reason: '', clean: true, final: true },
    { event: 'error', message: 'no', code: 'WS_ERR_REFUSED', status: 401, body: 'who?' },
  ])
})
