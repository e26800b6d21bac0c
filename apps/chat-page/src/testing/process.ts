// The real process of an application, from the build: its first line, its goodbye, its complaints.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { ChatClient } from './chat-client.js'

/** @param main the built `main.js`; where it has not been built, the suite is skipped by name */
export function chatProcess(main: URL): void {
  const started: ChildProcess[] = []
  const run = (environment: NodeJS.ProcessEnv): Running => {
    const running = runMain(main, environment)
    started.push(running.child)
    return running
  }

  describe.skipIf(!existsSync(main))('the built process', () => {
    afterEach(() => {
      for (const child of started.splice(0)) child.kill('SIGKILL')
    })

    it.each(['SIGTERM', 'SIGINT'] as const)('closes every client with 1001 at %s, and ends with 0', async (signal) => {
      const chat = run({ PORT: '0' })
      const url = await chat.url()
      const clients = [await ChatClient.join(url, { name: 'Ada' }), await ChatClient.join(url, { name: 'Ben', room: 'green' })]
      expect(await (await fetch(`${url}/broadcast?message=hi`)).json()).toEqual({ delivered: 2 })
      chat.child.kill(signal)
      for (const client of clients) expect((await client.closed).code).toBe(1001)
      expect(await chat.ended).toEqual([0, null])
    })

    it('ends at once at a second signal, whoever has not said goodbye', async () => {
      const chat = run({ PORT: '0' })
      const url = await chat.url()
      const silent = await ChatClient.join(url)
      silent.pause()
      chat.child.kill('SIGTERM')
      // Plain requests may be answered as long as the server likes; newcomers are refused, or find nobody
      const isRefused = (): Promise<boolean> => ChatClient.join(url, { name: 'Ben' }).then((ben) => { ben.close(); return false }, () => true)
      await expect.poll(isRefused, { timeout: 5_000 }).toBe(true)
      chat.child.kill('SIGTERM')
      expect(await chat.ended).toEqual([null, 'SIGTERM'])
    })

    it('says what is wrong and ends with 1 when the port is in use', async () => {
      const port = new URL(await run({ PORT: '0' }).url()).port
      const second = run({ PORT: port })
      expect(await second.ended).toEqual([1, null])
      expect(second.errors()).toContain('The chat did not start: the port is in use')
    })

    it('prints one line and ends with 1 for a bad PORT', async () => {
      const chat = run({ PORT: 'http' })
      expect(await chat.ended).toEqual([1, null])
      expect(chat.errors()).toBe('The chat did not start: PORT must be a number from 0 to 65535, not "http".\n')
    })
  })
}

interface Running {
  readonly child: ChildProcess
  /** Exit code and signal. */
  readonly ended: Promise<unknown[]>
  /** As its first line says it. */
  url(): Promise<string>
  errors(): string
}

function runMain(main: URL, environment: NodeJS.ProcessEnv): Running {
  const child = spawn(process.execPath, [fileURLToPath(main)], { env: { ...process.env, HOST: '', ...environment }, stdio: ['ignore', 'pipe', 'pipe'] })
  let [output, errors] = ['', '']
  child.stdout.on('data', (chunk) => { output += chunk })
  child.stderr.on('data', (chunk) => { errors += chunk })
  const ended = once(child, 'close')
  const url = async () => {
    await expect.poll(() => output, { timeout: 10_000 }).toMatch(/http:\S+\n/)
    return /http:\S+/.exec(output)?.[0] ?? ''
  }
  return { child, ended, url, errors: () => errors }
}
