// The real process, from the build. Skipped, by name, where it has not been built.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { WebSocketEndpoint } from '@tocsin/core'
import { describe, expect, it } from 'vitest'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))

describe.skipIf(!existsSync(main))('the built process', () => {
  it('connects, and says goodbye at SIGTERM', async () => {
    const endpoint = new WebSocketEndpoint()
    const hello = new Promise((resolve) => endpoint.on('message', (_, message) => { resolve(message) }))
    const closed = new Promise((resolve) => endpoint.on('close', (_, { code, clean }) => { resolve([code, clean]) }))
    const { port } = await endpoint.listen(0, '127.0.0.1')
    const child = spawn(process.execPath, [main, `ws://127.0.0.1:${port}`], { stdio: 'ignore' })
    expect(await hello).toBe('hello')
    child.kill('SIGTERM')
    expect([await closed, await once(child, 'close')]).toEqual([[1000, true], [0, null]])
    await endpoint.close()
  })

  it('ends with 1 for a bad URL', async () => {
    const child = spawn(process.execPath, [main, 'nonsense'], { stdio: 'ignore' })
    expect(await once(child, 'close')).toEqual([1, null])
  })
})
