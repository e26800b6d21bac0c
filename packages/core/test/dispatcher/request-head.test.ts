import { expect, test } from 'vitest'
import { announcesBody, pathOf } from '../../src/dispatcher/request-head.js'

test('the path is what stands before the query, untouched', () => {
  expect(['/a', '/a?b', '/a?b?c', '//A/../%2f;x#', '?', '', '*'].map((url) => pathOf({ url }))).toEqual(
    ['/a', '/a', '/a', '//A/../%2f;x#', '', '', '*'])
  expect(pathOf({} as { url: string })).toBe('')
})

test('a body is announced by its length or its coding', () => {
  expect(announcesBody({ headers: {} })).toBe(false)
  expect(announcesBody({ headers: { 'content-length': '0' } })).toBe(false)
  expect(announcesBody({ headers: { 'content-length': '1' } })).toBe(true)
  expect(announcesBody({ headers: { 'content-length': 'x' } })).toBe(true)
  expect(announcesBody({ headers: { 'transfer-encoding': 'chunked' } })).toBe(true)
})
