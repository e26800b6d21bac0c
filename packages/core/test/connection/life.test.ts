// The life of a connection as one value.
import { describe, expect, test } from 'vitest'
import { CLOSING_LOCALLY, type Life, OPEN, closeEventOf, lifeAfterCut, readyStateOf, takesFrames } from '../../src/connection/life.js'

const status = { code: 4000, reason: 'bye' }
const broken = new Error('ECONNRESET')
const [ours, theirs]: Life[] = [
  { state: 'closing', by: 'handshake', initiator: 'local', status },
  { state: 'closing', by: 'handshake', initiator: 'peer', status },
]
const failure: Life = { state: 'closing', by: 'failure', status: { code: 1002, reason: 'rule' }, error: broken }
const closed: Life = { state: 'closed', event: closeEventOf(theirs!, undefined) }
const cut = { initiator: 'peer', error: undefined, hasUnsent: false } as const

test('readyState and whether frames count', () => {
  const lives = [OPEN, CLOSING_LOCALLY, ours!, failure, lifeAfterCut(OPEN, cut), closed]
  expect(lives.map(readyStateOf)).toEqual([1, 2, 2, 2, 2, 3])
  expect(lives.map(takesFrames)).toEqual([true, true, false, false, false, false])
})

describe('the close event', () => {
  test.each<[string, Life, Error | undefined, object]>([
    ['open, then RST', OPEN, broken, { code: 1006, clean: false, initiator: 'peer', error: broken }],
    ['our Close unanswered', CLOSING_LOCALLY, undefined, { code: 1006, clean: false, initiator: 'local' }],
    ['both Closes', theirs!, undefined, { ...status, clean: true, initiator: 'peer', error: undefined }],
    ['both Closes, ours first', ours!, undefined, { ...status, clean: true, initiator: 'local' }],
    ['both Closes, then RST', ours!, broken, { ...status, clean: false, error: broken }],
    ['a failure', failure, undefined, { code: 1002, reason: 'rule', clean: false, initiator: 'local', error: broken }],
    ['closed already', closed, broken, { ...status, clean: true }],
  ])('%s', (_name, life, error, event) => {
    expect(closeEventOf(life, error)).toMatchObject(event)
  })
})

describe('cutting', () => {
  test('whoever had begun to close stays the initiator', () => {
    expect(closeEventOf(lifeAfterCut(OPEN, cut), undefined)).toMatchObject({ code: 1006, initiator: 'peer' })
    expect(closeEventOf(lifeAfterCut(CLOSING_LOCALLY, cut), undefined)).toMatchObject({ code: 1006, initiator: 'local' })
  })

  test('what was decided stays', () => {
    for (const life of [theirs!, failure, closed]) expect(lifeAfterCut(life, cut)).toBe(life)
  })

  test('a closing handshake whose last part never left is not clean', () => {
    const life = lifeAfterCut(theirs!, { initiator: 'local', error: broken, hasUnsent: true })
    expect(closeEventOf(life, undefined)).toEqual({ ...status, clean: false, initiator: 'peer', error: broken })
    const silent = lifeAfterCut(theirs!, { ...cut, hasUnsent: true })
    expect(closeEventOf(silent, undefined)).toMatchObject({ clean: false, error: undefined })
  })
})
