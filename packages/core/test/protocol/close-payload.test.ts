// RFC 6455 §5.5.1, §7.1.5, §7.4: what a Close frame says, both ways.
import { describe, expect, it } from 'vitest'
import { ProtocolError, UsageError } from '../../src/protocol/errors.js'
import { MAX_CLOSE_REASON_SIZE, assertSendable, parseClosePayload, serializeClosePayload } from '../../src/protocol/close-payload.js'
import { readMessages } from './support/read.js'
import { type Row, runTable } from './support/table.js'
import { hex } from './support/wire.js'

const wireCode = (code: number): string => code.toString(16).padStart(4, '0')
const REASON_123 = 'a'.repeat(123)

const rows: Row[] = [
  { name: '§7.1.5: without a body the code is 1005', frames: ['88 00'], seen: ['close 1005'] },
  { name: '§5.5.1: a code alone', frames: ['88 02 03e8'], seen: ['close 1000'] },
  { name: '§5.5.1: code and reason', frames: ['88 05 03e9 627965'], seen: ['close 1001 bye'] },
  { name: '§5.5.1: the reason is UTF-8', frames: ['88 06 03e8 e282ac 21'], seen: ['close 1000 €!'] },
  { name: '§5.5: the longest reason', frames: [`88 7d 03e8 ${'61'.repeat(123)}`], seen: [`close 1000 ${REASON_123}`] },
  { name: '§5.5.1: nothing is read after a Close frame', frames: ['88 02 03e8', '83 00'], seen: ['close 1000'] },
  { name: '§5.4: in the middle of a message', frames: ['01 01 48', '88 02 03e8'], seen: ['close 1000'] },
  {
    name: 'SECURITY frames: §5.5.1 a body of 1 byte -> 1002',
    frames: ['88 01 03'],
    seen: ['fail 1002 §5.5.1 WS_ERR_INVALID_CLOSE'],
    at: 3,
  },
  ...[0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 9999, 32_768, 65_535].map(code => ({
    name: `SECURITY frames: §7.4 close code ${code} -> 1002`,
    frames: [`88 02 ${wireCode(code)}`],
    seen: ['fail 1002 §7.4 WS_ERR_INVALID_CLOSE'],
    at: 4,
  })),
  ...[1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999].map(code => ({
    name: `§7.4: close code ${code} is taken`,
    frames: [`88 02 ${wireCode(code)}`],
    seen: [`close ${code}`],
  })),
  ...['80', 'c3', 'e282', 'f8', 'eda080', '61ff61'].map(reason => ({
    name: `SECURITY frames: §5.5.1 invalid UTF-8 in a close reason (${reason}) -> 1007`,
    frames: [`88 0${2 + reason.length / 2} 03e8 ${reason}`],
    seen: ['fail 1007 §5.5.1 WS_ERR_INVALID_UTF8'],
    at: 4 + reason.length / 2,
  })),
]

runTable('close-payload', rows, readMessages)

describe('parseClosePayload', () => {
  it('§5.5.1: the code is unsigned, in network byte order, and judged before the reason', () => {
    expect(parseClosePayload(hex('1387'))).toEqual({ code: 4999, reason: '' })
    expect(() => parseClosePayload(hex('ffff ff'))).toThrow(expect.objectContaining({ closeCode: 1002, section: '7.4' }))
    expect(() => parseClosePayload(hex('ffff'))).toThrow(ProtocolError)
    expect(() => parseClosePayload(hex('ffff'))).toThrow('65535')
  })

  it('§8.1: a byte order mark in the reason is kept', () => {
    expect(parseClosePayload(hex('03e8 efbbbf 61')).reason).toBe('\uFEFFa')
  })
})

describe('serializeClosePayload', () => {
  it.each([
    [1000, '', '03e8'],
    [4999, 'bye', '1387 627965'],
    [1000, '€', '03e8 e282ac'],
    [1000, '\uD800', '03e8 efbfbd'],
    [1005, '', ''],
  ])('§5.5.1: %i %j -> %s', (code, reason, bytes) => {
    expect(serializeClosePayload(code, reason)).toEqual(hex(bytes))
  })

  it('what it writes, parseClosePayload reads', () => {
    for (const status of [{ code: 1000, reason: '' }, { code: 3000, reason: 'ä€😀' }, { code: 1005, reason: '' }]) {
      expect(parseClosePayload(serializeClosePayload(status.code, status.reason))).toEqual(status)
    }
  })

  it('§5.5: the reason has room for 123 bytes of UTF-8, however many characters', () => {
    expect(MAX_CLOSE_REASON_SIZE).toBe(123)
    expect(serializeClosePayload(1000, '€'.repeat(41))).toHaveLength(125)
    for (const reason of ['a'.repeat(124), '€'.repeat(41) + 'a', '\uD800'.repeat(42)]) {
      expect(() => serializeClosePayload(1000, reason)).toThrow(expect.objectContaining({ code: 'WS_ERR_CLOSE_REASON' }))
    }
  })
})

describe('assertSendable', () => {
  it.each([0, 999, 1004, 1005, 1006, 1015, 2999, 5000, -1000, 1000.5, NaN, '1000', null, undefined, 1000n])(
    '§7.4: code %s is a usage error',
    code => {
      expect(() => assertSendable(code as number, '')).toThrow(UsageError)
      expect(() => assertSendable(code as number, '')).toThrow(expect.objectContaining({ code: 'WS_ERR_CLOSE_CODE' }))
    },
  )

  it.each([5, null, Buffer.from('bye'), {}])('SECURITY frames: reason %o is a usage error', reason => {
    expect(() => assertSendable(1000, reason as string)).toThrow(expect.objectContaining({ code: 'WS_ERR_CLOSE_REASON' }))
  })

  it('§7.4: 1005 with a reason cannot be said', () => {
    expect(() => serializeClosePayload(1005, 'bye')).toThrow(UsageError)
  })
})
