// RFC 6455 §7.4: which close codes exist, and which may travel.
import { describe, expect, it } from 'vitest'
import { CloseCode, isSendableCloseCode } from '../../src/protocol/close-code.js'

describe('close-code', () => {
  it('§7.4.1, §11.7 and IANA: the registered names', () => {
    expect(CloseCode).toEqual({
      NormalClosure: 1000,
      GoingAway: 1001,
      ProtocolError: 1002,
      UnsupportedData: 1003,
      NoStatusReceived: 1005,
      AbnormalClosure: 1006,
      InvalidFramePayloadData: 1007,
      PolicyViolation: 1008,
      MessageTooBig: 1009,
      MandatoryExtension: 1010,
      InternalError: 1011,
      ServiceRestart: 1012,
      TryAgainLater: 1013,
      BadGateway: 1014,
      TlsHandshake: 1015,
    })
  })

  it('SECURITY frames: §7.4 of all 65536 numbers, exactly 1000-1003, 1007-1014 and 3000-4999 may stand in a Close frame', () => {
    const sendable = Array.from({ length: 65_536 }, (_, code) => code).filter(isSendableCloseCode)
    const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i)
    expect(sendable).toEqual([...range(1000, 1003), ...range(1007, 1014), ...range(3000, 4999)])
  })

  it.each([-1000, 1000.5, NaN, Infinity, 65_536 + 1000])('§7.4: %s is not a close code', code => {
    expect(isSendableCloseCode(code)).toBe(false)
  })
})
