// The opcodes of RFC 6455 §5.2 and §11.8. Knows numbers only.

/** Frame opcodes under their registered names (RFC 6455 §11.8). */
export const Opcode = {
  Continuation: 0x0,
  Text: 0x1,
  Binary: 0x2,
  Close: 0x8,
  Ping: 0x9,
  Pong: 0xa,
} as const

/** One of the six opcodes that RFC 6455 defines. */
export type Opcode = (typeof Opcode)[keyof typeof Opcode]

/** RFC 6455 §5.2: `0x3-0x7` and `0xB-0xF` are reserved; an endpoint that receives one must fail the connection. */
export function isOpcode(value: number): value is Opcode {
  return value === Opcode.Text || value === Opcode.Binary || value === Opcode.Continuation || isControlOpcode(value)
}

/** RFC 7692 §6: RSV1 marks a compressed message on its first frame, and no other frame. */
export function canHaveRsv1(opcode: number): boolean {
  return opcode === Opcode.Text || opcode === Opcode.Binary
}

/** RFC 6455 §5.5: control frames are the ones whose opcode has its highest bit set. */
export function isControlOpcode(value: number): value is 0x8 | 0x9 | 0xa {
  return value === Opcode.Close || value === Opcode.Ping || value === Opcode.Pong
}
