import { describe, expect, it } from 'vitest'
import { continuesGroup, countNames, hueOf, initialOf, presenceLine, reachLine, splitLinks } from '../../public/script/grouping.js'

describe('continuesGroup', () => {
  it('puts messages of one person within five minutes together', () => {
    const said = { kind: 'said' as const, from: 'Ada', at: 0 }
    expect(continuesGroup(said, { from: 'Ada', at: 299_999 })).toBe(true)
    expect(continuesGroup(said, { from: 'Ada', at: 300_000 })).toBe(false)
    expect(continuesGroup(said, { from: 'Ben', at: 1 })).toBe(false)
    expect(continuesGroup({ kind: 'other' }, { from: 'Ada', at: 1 })).toBe(false)
    expect(continuesGroup(undefined, { from: 'Ada', at: 1 })).toBe(false)
  })
})

it('presenceLine names up to three', () => {
  expect(presenceLine(['Ada'], 'joined')).toBe('Ada joined')
  expect(presenceLine(['Ada', 'Ben', 'Cleo'], 'left')).toBe('Ada, Ben and Cleo left')
  expect(presenceLine(['Ada', 'Ben', 'Cleo', 'Dan'], 'joined')).toBe('Ada, Ben and 2 others joined')
})

it('countNames keeps the order and counts who is there twice', () => {
  expect(countNames(['Ben', 'Ada', 'Ben'])).toEqual([{ name: 'Ben', times: 2 }, { name: 'Ada', times: 1 }])
})

it('hueOf and initialOf are steady, whatever the name', () => {
  for (const name of ['Ada', '李雷', '🔔', '']) expect(hueOf(name)).toBe(hueOf(name))
  expect(['ada', '🔔bell', ' '].map(initialOf)).toEqual(['A', '🔔', '?'])
})

it('reachLine counts people', () => {
  expect([0, 1, 3].map(reachLine)).toEqual(['It reached nobody: no one is connected.', 'It reached 1 person.', 'It reached 3 people.'])
})

describe('splitLinks', () => {
  const links = (text: string) => splitLinks(text).filter((piece) => piece.isLink).map((piece) => piece.text)

  it('finds addresses, and leaves the full stop outside', () => {
    expect(links('see https://example.org/a, (http://b.example/?q=1) or HTTPS://C.example.')).toEqual([
      'https://example.org/a', 'http://b.example/?q=1', 'HTTPS://C.example',
    ])
  })

  it('takes no other scheme', () => {
    expect(links('javascript:alert(1) data:text/html,x ftp://x //x https://')).toEqual([])
  })

  it('loses nothing', () => {
    const text = 'a https://b.example c\nd'
    expect(splitLinks(text).map((piece) => piece.text).join('')).toBe(text)
  })

  it('takes linear time', () => {
    const begin = performance.now()
    splitLinks(`https://${'.'.repeat(100_000)}`)
    expect(performance.now() - begin).toBeLessThan(500)
  })
})
