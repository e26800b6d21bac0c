// That all of PERFORMANCE is measured, and every row can be.
import { describe, expect, test } from 'vitest'
import { CATALOGUE } from '../../src/catalogue.js'
import { PROTOCOLS } from '../../src/load/protocol.js'
import { ROWS } from '../../src/workloads/index.js'

describe('the workloads', () => {
  test('have names of their own, known servers, and the server that they are compared with', () => {
    expect(new Set(ROWS.map(({ name }) => name)).size).toBe(ROWS.length)
    for (const { servers, base = 'ws', subject = 'tocsin', goals = [] } of ROWS) {
      expect(servers.filter((server) => !(server in CATALOGUE))).toEqual([])
      const needed = goals.flatMap(({ over = base, subject: whose = subject }) => [over, whose])
      expect(servers).toEqual(expect.arrayContaining([base, subject, ...needed]))
      expect(servers.slice(0, 2)).toEqual(expect.arrayContaining([base, subject])) // what a quick run shows
    }
  })

  test('every server has its place somewhere', () => {
    expect(Object.keys(CATALOGUE).filter((server) => !ROWS.some(({ servers }) => servers.includes(server)))).toEqual([])
    expect(Object.values(CATALOGUE).filter(({ protocol }) => !(protocol in PROTOCOLS))).toEqual([])
  })

  test('every goal of the table is there', () => {
    const all = ROWS.flatMap(({ goals = [] }) => goals)
    const goals = all.map(({ goal, stretch }) => (stretch === undefined ? `${goal}` : `${goal}/${stretch}`))
    const echo = ['1.15/1.27', '0.95', '1.15/1.27', '0.95', '12/15', '20/30', '1.1/1.2', '1.2/1.5', '1.2/1.5']
    const text = ['1.1/1.2', '1/1.2', '1.1/1.2', '1/1.2']
    const broadcast = ['1.15/1.2', '1.8/2.2', '9/10', '2.2/2.4', '15/20', '100/170']
    const deflate = ['4.5/6', '4/4.5', '2.5/3', '7', '10', '30']
    const connections = ['1.7/1.9', '4096/3277', '6144/4096', '1']
    const routes = ['0.95', '0.95', '0.95'] // as core, but for noise
    expect(goals).toEqual([...echo, ...text, ...broadcast, ...deflate, ...connections, ...routes])
  })
})
