// Frames as values: Frame and CloseFrame, pack and unpack (FEATURES A14, A15, A17).
import { describe, expect, it, vi } from 'vitest'
import { ProtocolError, UsageError } from '../../src/protocol/errors.js'
import { CloseFrame, Frame, type FrameInit, type PackOptions, pack, unpack } from '../../src/protocol/frame.js'
import { Opcode } from '../../src/protocol/opcode.js'
import { KEY, encode, hex } from './support/wire.js'

const { Binary, Close, Continuation, Ping, Pong, Text } = Opcode
const CONTROL = [Close, Ping, Pong]

describe('Frame', () => {
  it('A15: opcode, payload, fin and rsv1, with RFC 6455 §5.2 defaults', () => {
    expect(new Frame({ opcode: Text })).toEqual({ opcode: 1, payload: Buffer.alloc(0), fin: true, rsv1: false })
    const init: FrameInit = { opcode: Binary, payload: hex('00ff'), fin: false, rsv1: true }
    expect(new Frame(init)).toEqual({ ...init })
  })

  it('A15: any payload that can be sent, nothing else', () => {
    expect(new Frame({ opcode: Text, payload: 'é' }).payload).toEqual(hex('c3a9'))
    expect(new Frame({ opcode: Binary, payload: Uint16Array.of(1, 2) }).payload).toHaveLength(4)
    for (const payload of [1000, null, [1]] as unknown[]) {
      expect(() => new Frame({ opcode: Binary, payload: payload as string })).toThrow(UsageError)
    }
  })

  it.each([3, 7, 11, 15, 16, -1, 1.5, '1', undefined])('A16: §5.2 opcode %s is a usage error', opcode => {
    expect(() => new Frame({ opcode: opcode as Opcode })).toThrow(expect.objectContaining({ name: 'UsageError', code: 'WS_ERR_OPCODE' }))
  })

  it.each(CONTROL)('A14: §5.5 control frame %i always has FIN and at most 125 bytes', opcode => {
    expect(new Frame({ opcode, fin: false }).fin).toBe(true)
    expect(new Frame({ opcode, payload: 'x'.repeat(125) }).payload).toHaveLength(125)
    for (const payload of ['x'.repeat(126), 'é'.repeat(63)]) {
      expect(() => new Frame({ opcode, payload })).toThrow(expect.objectContaining({ code: 'WS_ERR_CONTROL_FRAME' }))
    }
  })

  it.each([...CONTROL, Continuation])('A17: RFC 7692 §6 no RSV1 on opcode %i, which the other end would refuse', opcode => {
    expect(() => new Frame({ opcode, rsv1: true })).toThrow(expect.objectContaining({ name: 'UsageError', code: 'WS_ERR_RESERVED_BITS' }))
  })
})

describe('CloseFrame', () => {
  it('A15: adds code (1000) and reason (\'\')', () => {
    expect(new CloseFrame()).toMatchObject({ opcode: Close, code: 1000, reason: '', payload: hex('03e8'), fin: true, rsv1: false })
    expect(new CloseFrame(4001, 'bye')).toMatchObject({ code: 4001, reason: 'bye', payload: hex('0fa1 627965') })
    expect(new CloseFrame()).toBeInstanceOf(Frame)
  })

  it('A15: §7.1.5 1005 makes a Close frame without a body', () => {
    expect(new CloseFrame(1005)).toMatchObject({ code: 1005, reason: '', payload: Buffer.alloc(0) })
  })

  it.each([0, 999, 1004, 1006, 1015, 2999, 5000, 65_536 + 1000, NaN])('§7.4: code %d is a usage error', code => {
    expect(() => new CloseFrame(code)).toThrow(UsageError)
  })

  it('§5.5: a reason longer than 123 bytes, or one beside 1005, is a usage error', () => {
    expect(() => new CloseFrame(1000, '€'.repeat(42))).toThrow(UsageError)
    expect(() => new CloseFrame(1005, 'x')).toThrow(UsageError)
  })
})

describe('pack', () => {
  const packed: [string, Parameters<typeof pack>[0], PackOptions, string][] = [
    ['a string is text', 'Hello', {}, '81 05 48656c6c6f'],
    ['bytes are binary', hex('48'), {}, '82 01 48'],
    ['an ArrayBuffer is binary', new ArrayBuffer(2), {}, '82 02 0000'],
    ['§5.7 masked', 'Hello', { mask: KEY }, '81 85 37fa213d 7f9f4d5158'],
    ['not masked', 'Hello', { mask: false }, '81 05 48656c6c6f'],
    ['A17: a first fragment', 'Hel', { fin: false }, '01 03 48656c'],
    ['A17: a last fragment', 'lo', { opcode: Continuation }, '80 02 6c6f'],
    ['A17: RSV1', 'a', { rsv1: true }, 'c1 01 61'],
    ['bytes as text', hex('61'), { opcode: Text }, '81 01 61'],
    ['§5.5 ping', 'Hello', { opcode: Ping }, '89 05 48656c6c6f'],
    ['§5.5.3 masked pong', 'Hello', { opcode: Pong, mask: KEY }, '8a 85 37fa213d 7f9f4d5158'],
    ['A14: §5.5 a control frame is never a fragment', '', { opcode: Ping, fin: false }, '89 00'],
    ['a Frame', new Frame({ opcode: Binary, payload: hex('01'), fin: false }), {}, '02 01 01'],
    ['a Frame brings its own fields', new Frame({ opcode: Text, payload: 'a' }), { opcode: Ping, fin: false, rsv1: true }, '81 01 61'],
    ['a CloseFrame', new CloseFrame(1001, 'x'), {}, '88 03 03e9 78'],
    ['an empty message, masked', '', { mask: KEY }, '81 80 37fa213d'],
  ]
  it.each(packed.map(([name, ...rest]) => [name, rest] as const))('A14: %s', (_name, [data, options, bytes]) => {
    expect(pack(data, options)).toEqual(hex(bytes))
  })

  it('A14: §5.3 mask: true takes a fresh random key each time', () => {
    const keys = Array.from({ length: 50 }, () => pack('', { mask: true }).toString('hex', 2))
    expect(new Set(keys).size).toBeGreaterThan(48)
    expect(keys.every(key => key.length === 8)).toBe(true)
    expect(unpack(pack('Hello', { mask: true }))).toMatchObject({ masked: true, frame: { payload: Buffer.from('Hello') } })
  })

  it('A14: the payload and the key that were passed stay as they are', () => {
    const [payload, key] = [Buffer.alloc(500, 'payload'), Buffer.from(KEY)]
    pack(payload, { mask: key })
    expect([payload, key]).toEqual([Buffer.alloc(500, 'payload'), KEY])
  })

  it.each([hex('010203'), hex('0102030405'), new Uint8Array(0), 5, 'abcd', [1, 2, 3, 4], null])('§5.3: mask %o is a usage error', mask => {
    expect(() => pack('x', { mask: mask as Uint8Array })).toThrow(UsageError)
  })

  it.each([5, null, undefined, {}, [1], { opcode: 1, payload: 'x' }])('SECURITY frames: uninitialised memory: not %o', data => {
    expect(() => pack(data as string)).toThrow(UsageError)
  })
})

describe('unpack', () => {
  const masked = ['81 85 37fa21', '81 85 37fa213d 7f9f']
  const unmasked = ['', '81', '81 05', '81 05 48656c6c', '82 7e 01', '82 7e 0100', '89 01', '82 7f 7fffffffffffffff 00']
  it.each([...masked, ...unmasked])('A14: a short buffer (%s) is not a frame yet, and costs nothing', bytes => {
    const slow = vi.spyOn(Buffer, 'allocUnsafeSlow')
    expect(unpack(hex(bytes))).toBeNull()
    expect(slow.mock.calls.filter(([size]) => size > 125)).toEqual([])
    slow.mockRestore()
  })

  it('A14: trailing bytes are ignored, the number of bytes consumed is returned', () => {
    const first = unpack(hex('81 01 61 83 ff'))!
    expect(first).toEqual({ frame: new Frame({ opcode: Text, payload: 'a' }), bytesConsumed: 3, masked: false })
    const bytes = Buffer.concat([pack('one', { mask: true }), pack(new CloseFrame()), pack('x'.repeat(70_000), { mask: KEY }), hex('81')])
    const seen: unknown[] = []
    let at = 0
    for (let result = unpack(bytes); result; result = unpack(bytes.subarray(at))) {
      at += result.bytesConsumed
      seen.push([result.frame.opcode, result.frame.payload.length, result.masked])
    }
    expect([...seen, at]).toEqual([[1, 3, true], [8, 2, false], [1, 70_000, true], bytes.length - 1])
  })

  it('A14: the input is unmodified, and the payload is a copy', () => {
    for (const bytes of [encode(0x82, 'x'.repeat(300), KEY), encode(0x89, 'ping', KEY), encode(0x82, 'y')]) {
      const before = Buffer.from(bytes)
      const { frame } = unpack(bytes)!
      frame.payload.fill(0)
      expect(bytes).toEqual(before)
    }
  })

  it('A14: takes any byte array, also a view of a part', () => {
    const bytes = new Uint8Array([0, 0, ...hex('81 01 61'), 0])
    expect(unpack(bytes.subarray(2))).toMatchObject({ bytesConsumed: 3, frame: { payload: hex('61') } })
    for (const data of ['81', null, undefined, 5]) expect(() => unpack(data as unknown as Uint8Array)).toThrow(UsageError)
  })

  it('A14: the close code is unsigned', () => {
    const { frame } = unpack(hex('88 05 1387 e282ac'))!
    expect(frame).toBeInstanceOf(CloseFrame)
    expect(frame).toMatchObject({ code: 4999, reason: '€', payload: hex('1387 e282ac') })
    expect(unpack(hex('88 00'))!.frame).toMatchObject({ code: 1005, reason: '' })
  })

  it.each(['83', '91 00', '08 00', '88 fe', '82 7e 0001', '88 01 00', '88 02 03ed', '88 03 03e8 ff', 'c9 00', 'c0 00'])(
    'A14: §5 bytes that no continuation can make a frame (%s) throw',
    bytes => expect(() => unpack(hex(bytes))).toThrow(ProtocolError),
  )
})
