// The second public door, @tocsin/core/protocol: its names are pinned, because taking one away breaks someone.
import { expect, it } from 'vitest'
import * as protocol from '../../src/protocol/index.js'

it('the public names of @tocsin/core/protocol', () => {
  expect(Object.keys(protocol).sort()).toEqual([
    'CloseCode',
    'CloseFrame',
    'Frame',
    'FrameParser',
    'FrameWriter',
    'HandshakeError',
    'MAX_CLOSE_REASON_SIZE',
    'MessageAssembler',
    'Opcode',
    'ParserEvent',
    'ProtocolError',
    'UsageError',
    'Utf8Validator',
    'WebSocketError',
    'applyMask',
    'firstByteOf',
    'frameHeaderSize',
    'isControlOpcode',
    'isOpcode',
    'isSendableCloseCode',
    'pack',
    'parseClosePayload',
    'readMaskingKey',
    'rotateMaskingKey',
    'serializeClosePayload',
    'textFrameBound',
    'unpack',
  ])
})

it('the public types of @tocsin/core/protocol', () => {
  type Public = [
    protocol.CloseStatus,
    protocol.HeaderRecord,
    protocol.FrameInit,
    protocol.PackOptions,
    protocol.UnpackedFrame,
    protocol.FrameParserOptions,
    protocol.MessageAssemblerOptions,
    protocol.MessageKind,
    protocol.Payload,
    protocol.Opcode,
    protocol.CloseCode,
    protocol.ParserEvent,
  ]
  expect<Public['length']>(12).toBe(12)
})

it('the door is importable by its public name', async () => {
  expect(Object.keys(await import('@tocsin/core/protocol')).sort()).toEqual(Object.keys(protocol).sort())
})
