// The options of permessage-deflate and their check.
import { describe, expect, test } from 'vitest'
import { type CompressionOptions, resolveCompression } from '../../src/compression/options.js'
import { resolveOptions } from '../../src/endpoint/options.js'

describe('legal', () => {
  test('off unless it is asked for', () => {
    expect(resolveCompression(undefined)).toBeUndefined()
    expect(resolveCompression(false)).toBeUndefined()
    expect(resolveOptions({}).compression).toBeUndefined()
  })

  test('defaults: no context on either side, the largest window', () => {
    const defaults = { serverNoContextTakeover: true, clientNoContextTakeover: true, serverMaxWindowBits: 15, clientMaxWindowBits: 15, level: 1, memLevel: 8 }
    for (const options of [true, {}, { level: undefined, threshold: undefined } as object]) {
      expect(resolveCompression(options)).toMatchObject(defaults)
      expect(resolveCompression(options)!.threshold).toBeGreaterThan(0)
    }
  })

  test.each<CompressionOptions>([
    { serverMaxWindowBits: 8 }, { serverMaxWindowBits: 15 }, { clientMaxWindowBits: 8 }, { clientMaxWindowBits: 12 }, { level: 0 }, { level: 9 }, { memLevel: 1 },
    { memLevel: 9 }, { threshold: 0 }, { threshold: 1.5 }, { threshold: Infinity }, { serverNoContextTakeover: false }, { clientNoContextTakeover: false },
  ])('%o', (options) => {
    expect(resolveCompression(options)).toEqual({ ...resolveCompression(true), ...options })
  })
})

describe('a usage error that names the option', () => {
  const wrong: [unknown, string][] = [
    ...[7, 16, 8.5, '10', NaN, null].flatMap((bits): [unknown, string][] => [[{ serverMaxWindowBits: bits }, '.serverMaxWindowBits'], [{ clientMaxWindowBits: bits }, '.clientMaxWindowBits']]),
    ...[-1, 10, '1', 1.5].map((level): [unknown, string] => [{ level }, '.level']), ...[0, 10].map((memLevel): [unknown, string] => [{ memLevel }, '.memLevel']),
    ...[-1, NaN, '256', null].map((threshold): [unknown, string] => [{ threshold }, '.threshold']),
    ...[1, 'true', null].flatMap((flag): [unknown, string][] => [[{ serverNoContextTakeover: flag }, '.serverNoContextTakeover'], [{ clientNoContextTakeover: flag }, '.clientNoContextTakeover']]),
    [{ windowBits: 10 }, '.windowBits'], [JSON.parse('{"__proto__": 1}'), '.__proto__'], [{ constructor: 1 }, '.constructor'],
    ['true', 'compression '], [1, 'compression '], [null, 'compression '],
  ]
  test.each(wrong)('%o', (options, name) => {
    expect(() => resolveCompression(options as CompressionOptions)).toThrow(expect.objectContaining({ name: 'UsageError', code: 'WS_ERR_INVALID_OPTION', message: expect.stringContaining(`compression${name.replace('compression', '')}`) as string }))
  })
})
