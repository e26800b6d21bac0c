// The page's copy of the rules must be the server's rules.

import { expect, it } from 'vitest'
import { problemWith } from '../../public/script/rules.js'
import { admit } from '../../src/admission.js'

const names = ['Ada', '', '警'.repeat(64), 'x'.repeat(65)]
const rooms = ['blue', 'a.b', '', 'x'.repeat(64), 'x'.repeat(65), 'é', 'A-z_9']
const members = names.flatMap((name) => rooms.map((room) => ({ name, room })))

it.each(members)('agrees with the server on $name in $room', ({ name, room }) => {
  const admits = () => admit(room, name)
  if (problemWith({ name, room })) expect(admits).toThrow()
  else expect(admits()).toEqual({ name, room })
})
