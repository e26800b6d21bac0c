// The oracles themselves, against what the RFC says in so many words.
import { describe, expect, test } from 'vitest'
import { isExtensionList, isSubprotocolList } from '../src/stream/header-values.js'
import { readByReference } from '../src/stream/reference.js'

describe('the reference reading', () => {
  test.each([
    ['818537fa213d7f9f4d5158', ['text 48656c6c6f'], 'the example of §5.7'],
    ['01810000000061 8080 00000000', ['text 61'], '§5.4 an empty last fragment'],
    ['8981000000006188 80 00000000', ['ping 61', 'close 1005'], '§5.5.2, §5.5.1'],
    ['8900', ['fail 1002 §5.1'], '§5.1 not masked'],
    ['c1', ['fail 1002 §5.2'], '§5.2 reserved bit'],
    ['83', ['fail 1002 §5.2'], '§5.2 reserved opcode'],
    ['09', ['fail 1002 §5.5'], '§5.5 fragmented control frame'],
    ['82fe007d', ['fail 1002 §5.2'], '§5.2 length not minimal'],
    ['82ff8000000000000000', ['fail 1002 §5.2'], '§5.2 top bit'],
    ['808000000000', ['fail 1002 §5.4'], '§5.4 continuation without a beginning'],
    ['82fe03e900000000', ['fail 1009 §7.4.1'], '§7.4.1 too big'],
    ['818a00000000ff', ['fail 1007 §8.1'], '§8.1 at the bad byte'],
    ['818100000000c3', ['fail 1007 §8.1'], '§8.1 at the end'],
    ['888200000000 03ed', ['fail 1002 §7.4'], '§7.4.1 1005 on the wire'],
    ['8185', [], 'not enough to say'],
  ])('%s: %j, %s', (hex, events) => {
    expect(readByReference(Buffer.from(hex.replaceAll(' ', ''), 'hex'), { limit: 1_000 })).toEqual(events)
  })
})

test('lists of extensions (§9.1) and subprotocols (§4.1)', () => {
  const right = ['a', 'a;b', 'a; b=c, d', ',a,', 'a;b="c"', 'a;b="\\c"', 'a ; b = c']
  expect(right.filter((value) => !isExtensionList(value))).toEqual([])
  const wrong = ['', ',', 'a b', 'a;', 'a;b=', 'a;b="', 'a;b=""', 'a;b="c d"', '"a"', 'a;b=c=d']
  expect(wrong.filter(isExtensionList)).toEqual([])
  expect(['a', 'a, b', ', a'].every(isSubprotocolList)).toBe(true)
  expect(['', ' ', 'a b', 'a, a', 'a;b', '\u00e9'].some(isSubprotocolList)).toBe(false)
})
