import { expect, test } from 'vitest'
import { parseCores } from '../../src/measure/pinning.js'

test.each([['0-3,8', [0, 1, 2, 3, 8]], ['0,1', [0, 1]], ['5', [5]]])('the cores of %j', (list, cores) => {
  expect(parseCores(list)).toEqual(cores)
})
