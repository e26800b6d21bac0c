import { describe, expect, test } from 'vitest'
import { BadMessage, jsonFormat } from '@tocsin/nestjs'

describe('jsonFormat', () => {
  test('reads event, data and id; other keys are ignored', () => {
    expect(jsonFormat.parse('{"event":"say","data":[1],"id":"a","more":1}')).toEqual({ event: 'say', data: [1], id: 'a' })
    expect(jsonFormat.parse(Buffer.from('{"event":""}'))).toEqual({ event: '', data: undefined, id: undefined })
    expect(jsonFormat.parse('{"event":"say","id":0}').id).toBe(0)
  })

  test.each([
    '', 'x', 'null', '7', '"say"', '[]', '{}', '{"event":7}', '{"event":"say","id":{}}', '{"event":"say","id":null}',
    `{"event":"say","id":"${'x'.repeat(257)}"}`,
  ])(
    'refuses %s, and does not repeat it', (text) => {
      expect(() => jsonFormat.parse(text)).toThrow(BadMessage)
      if (text.length > 1) expect(() => jsonFormat.parse(text)).not.toThrow(text)
    },
  )

  test('writes what it reads', () => {
    const message = { event: 'said', data: { text: 'é\u2028' }, id: 7 }
    expect(jsonFormat.parse(jsonFormat.serialize(message) as string)).toEqual(message)
    expect(jsonFormat.serialize({ event: 'said' })).toBe('{"event":"said"}')
  })

  test('values: JSON, and bytes as they are', () => {
    expect(jsonFormat.serializeValue?.([1])).toBe('[1]')
    expect(jsonFormat.serializeValue?.(new Uint16Array([0x0201]))).toEqual(new Uint8Array([1, 2]))
  })
})
