import { describe, expect, it } from 'vitest'
import { admit, announcementText, ChatRefusal } from '../src/admission.js'

describe('admit', () => {
  it('gives the member', () => {
    expect(admit('blue-1_A', ' Ada ')).toEqual({ name: 'Ada', room: 'blue-1_A' })
    expect(admit('x'.repeat(64), '警'.repeat(64))).toMatchObject({ room: 'x'.repeat(64) })
  })

  it.each([undefined, '', ' \t', ['Ada', 'Ben'], { first: 'Ada' }, 7])('asks who %j is', (name) => {
    expect(() => admit('blue', name)).toThrow(expect.objectContaining({ status: 401 }))
  })

  it.each(['x'.repeat(65), 'A\u0000da', 'A\u001b[2J'])('refuses the name %j', (name) => {
    expect(() => admit('blue', name)).toThrow(expect.objectContaining({ status: 400 }))
  })

  it.each([undefined, '', 'a.b', 'a b', 'é', '..', 'a/b', 'x'.repeat(65), 'blue\n', ['blue']])('refuses the room %j', (room) => {
    expect(() => admit(room, 'Ada')).toThrow(expect.objectContaining({ status: 400 }))
  })
})

describe('announcementText', () => {
  it('leaves the text as it is', () => {
    expect(announcementText(' hi ')).toBe(' hi ')
  })

  it.each([undefined, '', '  ', ['a', 'b'], { a: 'b' }])('refuses %j', (message) => {
    expect(() => announcementText(message)).toThrow(ChatRefusal)
  })
})
