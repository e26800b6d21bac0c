// The server of Python's `websockets`, in a process of its own.
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { certificate } from '@tocsin/testing'
import { interpreter } from '../clients/python.js'
import { runProgram } from '../program.js'
import { FRAGMENTS, type OtherServer } from './server.js'

const script = fileURLToPath(new URL('echo_server.py', import.meta.url))

export const pythonServer: OtherServer = {
  name: 'Python websockets',
  isAvailable: interpreter !== undefined,
  async start() {
    if (interpreter === undefined) throw new Error('No Python here can import websockets')
    const folder = mkdtempSync(join(tmpdir(), 'interop-server-'))
    const pem = join(folder, 'certificate.pem')
    writeFileSync(pem, certificate.cert + certificate.key)
    const program = runProgram(interpreter, [script], { env: { CERTIFICATE_FILE: pem, FRAGMENTS: JSON.stringify(FRAGMENTS) } })
    const lines = createInterface({ input: program.child.stdout! })
    const [line] = (await Promise.race([once(lines, 'line'), once(program.child, 'close')])) as unknown[]
    if (typeof line !== 'string') throw new Error(`the server does not start: ${program.errors()}`)
    const [plain, secure] = JSON.parse(line) as [number, number]
    return {
      port: plain,
      origin: (scheme) => `${scheme}://127.0.0.1:${scheme === 'http' ? plain : secure}`,
      async stop() {
        await program.kill()
        rmSync(folder, { recursive: true, force: true })
      },
    }
  },
}
