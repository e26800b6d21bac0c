import { expect, test } from 'vitest'
import { isEventId } from '../src/event-id.js'

test.each([0, -1, 1.5, '', 'a', 'x'.repeat(256)])('%j is an id', (id) => expect(isEventId(id)).toBe(true))

test.each([null, true, {}, [1], Infinity, NaN, 'x'.repeat(257), undefined, 1n])('%s is none', (id) => expect(isEventId(id)).toBe(false))
