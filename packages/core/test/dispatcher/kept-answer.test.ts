import { expect, test } from 'vitest'
import { KEPT_ANSWER_LIMIT, KeptAnswer } from '../../src/dispatcher/kept-answer.js'

test('an answer is kept up to its limit, and dropped beyond it', () => {
  const answer = new KeptAnswer()
  expect(answer.add(Buffer.from('one '))).toBe(true)
  expect(answer.add(Buffer.alloc(KEPT_ANSWER_LIMIT - 4, 'x'))).toBe(true)
  expect(answer.toBuffer().length).toBe(KEPT_ANSWER_LIMIT)
  expect(answer.add(Buffer.from('.'))).toBe(false)
  expect(answer.toBuffer().length).toBe(0)
})
