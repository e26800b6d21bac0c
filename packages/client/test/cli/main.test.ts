// The built command as a process. Skipped, by name, where it has not been built.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { WebSocketEndpoint } from '@tocsin/core'
import { describe, expect, it } from 'vitest'

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

async function run(args: readonly string[], input = ''): Promise<{ code: unknown; output: string; errors: string }> {
  const child = spawn(process.execPath, [main, ...args], { stdio: 'pipe' })
  let [output, errors] = ['', '']
  child.stdout.on('data', (chunk) => { output += chunk })
  child.stderr.on('data', (chunk) => { errors += chunk })
  child.stdin.end(input)
  const [code] = await once(child, 'close') as unknown[]
  return { code, output, errors }
}

describe.skipIf(!existsSync(main))('the built command', () => {
  it('sends a line, shows the answer, and ends', async () => {
    const endpoint = new WebSocketEndpoint()
    endpoint.on('message', (connection, message) => { connection.send(message) })
    const { port } = await endpoint.listen(0, '127.0.0.1')
    expect(await run([`127.0.0.1:${port}`], 'hi\n')).toEqual({ code: 0, output: `connected to ws://127.0.0.1:${port}/\n< hi\nclosed: 1000 (normal closure)\n`, errors: '' })
    await endpoint.close()
  })

  it('says what is wrong: 2 for the command line, 1 for the connection', async () => {
    expect(await run(['ws://a/', '-H', 'Host: x'])).toMatchObject({ code: 2, errors: expect.stringContaining('the Host header cannot be set') as string })
    expect(await run([])).toMatchObject({ code: 2, errors: expect.stringContaining('Usage: tocsin-client') as string })
    const { code, output } = await run(['ws://127.0.0.1:1/'])
    expect([code, output]).toEqual([1, expect.stringContaining('ECONNREFUSED')])
  })
})
