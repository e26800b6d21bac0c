// An agent in a process of its own: lines of JSON there and back. Knows nothing of WebSockets.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { certificate } from '@tocsin/testing'
import { remoteAgent } from '../agent.js'
import { type RunningProgram, runProgram } from '../program.js'
import type { StartedClient } from './client.js'

interface Waiter {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

interface Answer {
  readonly id: number
  readonly result?: unknown
  readonly error?: string
}

/** @param caVariable the environment variable in which the program looks for the file of a certificate to trust */
export function startChildAgent(path: string, args: readonly string[], caVariable: string): StartedClient {
  const folder = mkdtempSync(join(tmpdir(), 'interop-client-'))
  const caFile = join(folder, 'ca.pem')
  writeFileSync(caFile, certificate.cert)
  const program = runProgram(path, args, { env: { [caVariable]: caFile } })
  const agent = remoteAgent(caller(program))
  return {
    agentFor: async () => agent,
    async stop() {
      await program.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function caller(program: RunningProgram): (command: string, args: readonly unknown[]) => Promise<unknown> {
  const waiting = new Map<number, Waiter>()
  let calls = 0
  program.child.once('close', () => {
    for (const { reject } of waiting.values()) reject(new Error(`the client's process has ended: ${program.errors()}`))
  })
  createInterface({ input: program.child.stdout! }).on('line', (line) => {
    const { id, result, error } = JSON.parse(line) as Answer
    if (error === undefined) waiting.get(id)?.resolve(result)
    else waiting.get(id)?.reject(new Error(error))
    waiting.delete(id)
  })
  return (command, args) => new Promise((resolve, reject) => {
    if (program.hasEnded()) return reject(new Error(`the client's process has ended: ${program.errors()}`))
    waiting.set(++calls, { resolve, reject })
    program.child.stdin!.write(`${JSON.stringify({ id: calls, command, args })}\n`)
  })
}
