// What the contract's tests wait with, and what they read.
import { expect, test } from 'vitest'
import { eventually, wholeResponse, within } from '../../src/test-adapter/stage.js'

test('within: a promise in time, or an error that says what was late', async () => {
  expect(await within(Promise.resolve(1), 'a number')).toBe(1)
  await expect(within(new Promise(() => {}), 'something that never comes', 5)).rejects.toThrow('within 5 ms: something that never comes')
  await expect(within(Promise.reject(new Error('its own')), 'x')).rejects.toThrow('its own')
})

test('eventually: polls', async () => {
  let count = 0
  await eventually(() => ++count === 3, () => 'three')
  expect(count).toBe(3)
})

test('wholeResponse: one response, or an error that shows the bytes', () => {
  expect(wholeResponse(Buffer.from('HTTP/1.1 204 No Content\r\n\r\n')).status).toBe(204)
  expect(() => wholeResponse(Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell'))).toThrow('hell')
})
