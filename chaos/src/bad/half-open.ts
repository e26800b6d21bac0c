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
  const { port, path, patience } = world
  const before = await closedOf(world, kind)
  const herd = new Child('load/herd-load.js', { name: 'the herd', task: { port, host, path, patience, count: HERD }, ...(within && { within }) })
  try {
    await herd.ask('open')
    await pause(100)
    strike(herd.pid)
    let closed = before
    const isFound = await eventually(async () => sumOf(closed = await closedOf(world, kind)) >= sumOf(before) + HERD, patience, 200)
    const codes = Object.keys(closed).filter((code) => closed[code] !== before[code])
    return isFound ? `found, ${codes.join(' ')}` : 'not found'
  } finally {
    await herd.stop()
  }
}

async function closedOf({ port }: World, kind: string): Promise<Record<string, number>> {
  return (await getJson<LedgerEntry | null>(port, `/ledger/${kind}`))?.closed ?? {}
}

const FOUND = { allows: ['found, 1006'], remark: 'found by the heartbeat', herd: HERD }

export const frozen: BadClient = {
  ...FOUND,
  name: 'frozen',
  does: `${HERD} clients whose process is stopped by SIGSTOP`,
  attack: (world) => lose(world, 'frozen', { host: '127.0.0.1', strike: (pid) => process.kill(pid, 'SIGSTOP') }),
}

/** A network namespace whose only way out is a pair of virtual devices. It outlives its name while sockets in it wait: so none is used twice. */
class Island {
  static #made = 0
  readonly name: string
  readonly #device: string
  readonly #network: string
  readonly #first: number

  constructor() {
    const number = Island.#made++
    this.name = `tocsin-chaos-${process.pid}-${number}`
    this.#device = `tc${process.pid}n${number}`
    // RFC 2544: for tests of networks, routed nowhere
    this.#network = `198.18.${process.pid % 250}`
    this.#first = (number % 63) * 4 + 1
  }

  /** Of this machine, from there. */
  get serverAddress(): string {
    return `${this.#network}.${this.#first}`
  }

  wire(): void {
    ip(`netns add ${this.name}`)
    ip(`link add ${this.#device} type veth peer name island netns ${this.name}`)
    ip(`addr add ${this.serverAddress}/30 dev ${this.#device}`)
    ip(`link set ${this.#device} up`)
    ip(`-n ${this.name} addr add ${this.#network}.${this.#first + 1}/30 dev island`)
    ip(`-n ${this.name} link set island up`)
  }

  unplug(): void {
    ip(`-n ${this.name} link set island down`)
  }

  remove(): void {
    spawnSync('ip', ['link', 'del', this.#device])
    spawnSync('ip', ['netns', 'del', this.name])
  }
}

export const unplugged: BadClient = {
  ...FOUND,
  name: 'unplugged',
  does: `${HERD} clients in a network namespace whose link goes down`,
  missing: () => (canMakeNamespaces() ? undefined : 'this machine lets us make no network namespaces'),
  async attack(world) {
    const island = new Island()
    try {
      island.wire()
      const within = ['ip', 'netns', 'exec', island.name]
      return await lose(world, 'unplugged', { host: island.serverAddress, within, strike: () => island.unplug() })
    } finally {
      island.remove()
    }
  },
}

function ip(args: string): void {
  const { status, stderr } = spawnSync('ip', args.split(' '), { encoding: 'utf8' })
  if (status !== 0) throw new Error(`ip ${args}: ${stderr.trim()}`)
}

function canMakeNamespaces(): boolean {
  const island = new Island()
  try {
    island.wire()
    return true
  } catch {
    return false
  } finally {
    island.remove()
  }
}
