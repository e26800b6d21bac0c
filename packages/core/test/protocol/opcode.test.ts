// RFC 6455 §5.2, §5.5, §11.8: which opcodes exist, and which of them are control frames'.
import { describe, expect, it } from 'vitest'
import { Opcode, canHaveRsv1, isControlOpcode, isOpcode } from '../../src/protocol/opcode.js'

const nibbles = Array.from({ length: 16 }, (_, value) => value)

describe('opcode', () => {
  it('A16: the names and numbers of RFC 6455 §11.8 (ping 9, not the manual\'s 0x10)', () => {
    expect(Opcode).toEqual({ Continuation: 0, Text: 1, Binary: 2, Close: 8, Ping: 9, Pong: 10 })
  })

  it('§5.2: 0x3-0x7 and 0xB-0xF are reserved, everything else defined', () => {
    expect(nibbles.filter(isOpcode)).toEqual([0, 1, 2, 8, 9, 10])
    for (const value of [-1, 16, 0x81, 1.5, NaN, Infinity]) expect(isOpcode(value)).toBe(false)
  })

  it('§5.5: the control opcodes are the defined ones with the highest bit set', () => {
    expect(nibbles.filter(isControlOpcode)).toEqual([8, 9, 10])
    expect(nibbles.filter(value => isOpcode(value) && (value & 8) !== 0)).toEqual(nibbles.filter(isControlOpcode))
  })

  it('RFC 7692 §6: RSV1 can stand on the first frame of a message only', () => {
    expect(nibbles.filter(canHaveRsv1)).toEqual([1, 2])
  })
})
