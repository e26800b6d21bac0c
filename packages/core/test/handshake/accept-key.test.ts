import { randomBytes } from 'node:crypto'
import fc from '../support/fast-check.js'
import { describe, expect, it } from 'vitest'
import { acceptKey, isHandshakeKey } from '../../src/handshake/accept-key.js'
import { SAMPLE_KEY } from './support/valid-request.js'

describe('acceptKey', () => {
  it('RFC 6455 §1.3: answers the example of the RFC', () => {
    expect(acceptKey(SAMPLE_KEY)).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
  })

  it('hashes the key as it stands, without decoding it', () => {
    expect(acceptKey('AQIDBAUGBwgJCgsMDQ4PEC==')).not.toBe(acceptKey('AQIDBAUGBwgJCgsMDQ4PEA=='))
  })
})

describe('isHandshakeKey', () => {
  it('accepts every 16 bytes in base64', () => {
    for (let round = 0; round < 200; round++) expect(isHandshakeKey(randomBytes(16).toString('base64'))).toBe(true)
  })

  it.each([
    ['empty', ''],
    ['15 bytes', Buffer.alloc(15).toString('base64')],
    ['17 bytes', Buffer.alloc(17).toString('base64')],
    ['18 bytes, 24 characters', Buffer.alloc(18).toString('base64')],
    ['unused bits that are not zero', 'AQIDBAUGBwgJCgsMDQ4PEC=='],
    ['no padding', SAMPLE_KEY.slice(0, -2)],
    ['too little padding', SAMPLE_KEY.slice(0, -1)],
    ['too much padding', `${SAMPLE_KEY}=`],
    ['base64url', '_-_-_-_-_-_-_-_-_-_-_A=='],
    ['surrounding whitespace', ` ${SAMPLE_KEY}`],
    ['a line break at the end', `${SAMPLE_KEY}\n`],
    ['joined from two fields', `${SAMPLE_KEY}, ${SAMPLE_KEY}`],
    ['whitespace within', 'dGhlIHNhbXBs ZSBub25jZQ=='],
  ])('A5: refuses a key that is not canonical base64 of 16 bytes: %s', (_name, key) => {
    expect(isHandshakeKey(key)).toBe(false)
  })

  it('agrees with a decoder on every string', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.base64String()), (text) => {
      const decoded = Buffer.from(text, 'base64')
      expect(isHandshakeKey(text)).toBe(decoded.length === 16 && decoded.toString('base64') === text)
    }))
  })
})
