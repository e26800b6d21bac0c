import { spawn } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { cpuTime, residentSize } from '../../src/measure/cpu.js'

describe.runIf(process.platform === 'linux')('a process', () => {
  test('uses CPU time when it works, and that is what is counted', () => {
    const before = cpuTime(process.pid)
    const used = process.cpuUsage()
    while (process.cpuUsage(used).user < 50_000) { /* works */ }
    const found = (cpuTime(process.pid) - before) / 1000
    // The kernel's own two accounts differ by some ticks of 10 ms
    expect(found).toBeGreaterThan(20_000)
  })

  test('has a size, until it is gone', async () => {
    expect(residentSize(process.pid)).toBeGreaterThan(10 * 2 ** 20)
    const child = spawn('true')
    await new Promise((resolve) => { child.once('close', resolve) })
    expect(() => residentSize(child.pid!)).toThrow()
  })
})
