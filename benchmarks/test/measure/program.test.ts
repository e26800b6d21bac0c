import { afterEach, describe, expect, test } from 'vitest'
import { Program, type ProgramOptions } from '../../src/measure/program.js'

const programs: Program[] = []
afterEach(() => Promise.all(programs.splice(0).map((program) => program.stop())))

function run(script: string, options: Partial<ProgramOptions> = {}): Program {
  const program = new Program([process.execPath, '-e', script], { name: 'it', ...options })
  programs.push(program)
  return program
}

describe('a program', () => {
  test('answers in JSON; other lines are its own business', async () => {
    const program = run("console.log('starting'); process.stdin.on('data', (line) => console.log(JSON.stringify({ got: Number(line) })))")
    expect(await program.ask('1')).toEqual({ got: 1 })
    expect(await program.ask('2')).toEqual({ got: 2 })
  })

  test('that ends fails what waits for it, with its last words', async () => {
    await expect(run("console.error('no plan'); process.exitCode = 3").answer()).rejects.toThrow('it ended (3): no plan')
  })

  test('that does not answer fails, too', async () => {
    await expect(run('setInterval(() => {}, 1000)', { patience: 50 }).answer()).rejects.toThrow('it does not answer')
  })

  test('that cannot be started says so', async () => {
    const program = new Program(['no-such-program-anywhere'], { name: 'it' })
    await expect(program.answer()).rejects.toThrow('ENOENT')
  })
})
