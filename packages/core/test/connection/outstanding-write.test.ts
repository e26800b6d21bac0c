// What a write that hangs holds is counted as long as it hangs.
import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { OutstandingWrite } from '../../src/connection/outstanding-write.js'
import { PinnedSlabs } from '../../src/connection/pinned-slabs.js'

test('slabs are pinned once each and let go of together; other memory is nobody\'s business', () => {
  const pinnedSlabs = new PinnedSlabs()
  const [one, two] = [pinnedSlabs.register(Buffer.allocUnsafeSlow(1_000)), pinnedSlabs.register(Buffer.allocUnsafeSlow(500))]
  const write = new OutstandingWrite(pinnedSlabs)
  for (const part of [one.subarray(0, 3), one.subarray(7, 9), two.subarray(1), Buffer.alloc(10_000)]) write.add(part)
  expect(pinnedSlabs.bytes).toBe(1_500)
  write.release()
  write.release()
  expect(pinnedSlabs.bytes).toBe(0)
})
