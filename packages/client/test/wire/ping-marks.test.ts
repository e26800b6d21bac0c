import { Buffer } from 'node:buffer'
import { expect, it } from 'vitest'
import { PingMarks } from '../../src/wire/ping-marks.js'

it('the Pong of the last Ping confirms what was sent before it, once', () => {
  const marks = new PingMarks()
  const first = marks.next(3)
  expect([marks.confirmedBy(first), marks.confirmedBy(first)]).toEqual([3, 0])
  const second = marks.next(5)
  expect([marks.confirmedBy(first), marks.confirmedBy(Buffer.of(9)), marks.confirmedBy(second)]).toEqual([0, 0, 2])
})

it('no Pong confirms anything before there was a Ping', () => {
  expect(new PingMarks().confirmedBy(Buffer.alloc(4))).toBe(0)
})
