// Peers whose TCP connection goes on without them: their process is stopped, or their network is gone. No FIN, no RST.
import { spawnSync } from 'node:child_process'
import { eventually, pause } from '../process/pause.js'
import { Child } from '../process/child.js'
import { getJson } from '../http.js'
import { type LedgerEntry, sumOf } from '../server/ledger.js'
import type { BadClient, World } from './bad-client.js'

const HERD = 20

/** Opens a herd in a process of its own, does something terrible to it, and waits until the server has found out. */
async function lose(world: World, kind: string, { host, within, strike }: { host: string; within?: readonly string[]; strike: (pid: number) => void }): Promise<string> {
  const { port, path } = world
  const before = await closedOf(world, kind)
  const herd = new Child('load/herd-load.js', { name: 'the herd', task: { port, host, path, count: HERD }, ...(within && { within }) })
  try {
    await herd.ask('open')
    await pause(100)
    strike(herd.pid)
    let closed = before
    const isFound = await eventually(async () => sumOf(closed = await closedOf(world, kind)) >= sumOf(before) + HERD, world.patience, 200)
    const codes = Object.keys(closed).filter((code) => closed[code] !== before[code])
    return isFound ? `found, ${codes.join(' ')}` : 'not found'
  } finally {
    await herd.stop()
  }
}

async function closedOf({ port }: World, kind: string): Promise<Record<string, number>> {
  return (await getJson<LedgerEntry | null>(port, `/ledger/${kind}`))?.closed ?? {}
}

const FOUND = { allows: ['found, 1006'], remark: 'found by the heartbeat', isGroup: true, share: HERD }

export const frozen: BadClient = {
  ...FOUND,
  name: 'frozen',
  does: `${HERD} clients whose process is stopped by SIGSTOP`,
  attack: (world) => lose(world, 'frozen', { host: '127.0.0.1', strike: (pid) => process.kill(pid, 'SIGSTOP') }),
}

/** A network namespace whose only way out is a pair of virtual devices. */
const SERVER_ADDRESS = '10.231.77.1'
const CLIENT_ADDRESS = '10.231.77.2'

export const unplugged: BadClient = {
  ...FOUND,
  name: 'unplugged',
  does: `${HERD} clients in a network namespace whose link goes down`,
  missing: () => (canMakeNamespaces() ? undefined : 'this machine lets us make no network namespaces'),
  async attack(world) {
    const name = `tocsin-chaos-${process.pid}`
    try {
      for (const args of wiring(name)) ip(args)
      const strike = (): void => ip(`-n ${name} link set eth-chaos down`)
      return await lose(world, 'unplugged', { host: SERVER_ADDRESS, within: ['ip', 'netns', 'exec', name], strike })
    } finally {
      spawnSync('ip', ['netns', 'del', name])
    }
  },
}

function wiring(name: string): string[] {
  return [
    `netns add ${name}`,
    `link add veth-chaos type veth peer name eth-chaos netns ${name}`,
    `addr add ${SERVER_ADDRESS}/30 dev veth-chaos`,
    'link set veth-chaos up',
    `-n ${name} addr add ${CLIENT_ADDRESS}/30 dev eth-chaos`,
    `-n ${name} link set eth-chaos up`,
  ]
}

function ip(args: string): void {
  const { status, stderr } = spawnSync('ip', args.split(' '), { encoding: 'utf8' })
  if (status !== 0) throw new Error(`ip ${args}: ${stderr.trim()}`)
}

export function canMakeNamespaces(): boolean {
  const name = `tocsin-chaos-probe-${process.pid}`
  if (spawnSync('ip', ['netns', 'add', name]).status !== 0) return false
  const devices = spawnSync('ip', ['link', 'add', 'veth-chaos-p', 'type', 'veth', 'peer', 'name', 'eth-chaos-p', 'netns', name])
  spawnSync('ip', ['netns', 'del', name])
  return devices.status === 0
}
