// A proxy in front of the server: a program of the machine on free ports, with a configuration of its own in a folder of its own.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { certificate } from '@tocsin/testing'
import { type RunningProgram, findProgram, runProgram } from '../program.js'

/** What the configuration of a proxy is made from. */
export interface Setting {
  /** Where everything is that it needs, and may write. */
  readonly folder: string
  readonly plainPort: number
  /** Here it terminates TLS. */
  readonly securePort: number
  /** The server behind it. */
  readonly backend: string
  /** A file with the certificate and then its key. */
  readonly certificate: string
  /** It cuts a connection to `/patient` and `/impatient` that is silent for so many seconds. */
  readonly idleSeconds: number
}

export interface ProxyKind {
  readonly name: string
  /** Whether it offers WebSockets over HTTP/2 (RFC 8441); it speaks HTTP/1.1 with us in any case. */
  readonly http2: boolean
  readonly configuration: (setting: Setting) => string
  readonly args: (configuration: string, folder: string) => readonly string[]
}

/** Three heartbeats: a client that is busy for a while may miss one of them. */
const IDLE_SECONDS = 6

export class Proxy {
  readonly #program: RunningProgram
  readonly #setting: Setting

  private constructor(program: RunningProgram, setting: Setting) {
    this.#program = program
    this.#setting = setting
  }

  static isAvailable({ name }: ProxyKind): boolean {
    return findProgram(name) !== undefined
  }

  /** Ports that were free may be taken a moment later: then it tries others. */
  static async start(kind: ProxyKind, backendPort: number): Promise<Proxy> {
    const failures: string[] = []
    while (failures.length < 5) {
      const proxy = await Proxy.#launch(kind, backendPort)
      if (await proxy.#isListening()) return proxy
      failures.push(proxy.#program.errors())
      await proxy.stop()
    }
    throw new Error(`${kind.name} does not start: ${failures.join('\n')}`)
  }

  static async #launch(kind: ProxyKind, backendPort: number): Promise<Proxy> {
    const path = findProgram(kind.name)
    if (path === undefined) throw new Error(`There is no ${kind.name} on this machine`)
    const folder = mkdtempSync(join(tmpdir(), `interop-${kind.name}-`))
    const [plainPort, securePort] = await freePorts()
    const pem = join(folder, 'certificate.pem')
    const setting = { folder, plainPort, securePort, backend: `127.0.0.1:${backendPort}`, certificate: pem, idleSeconds: IDLE_SECONDS }
    writeFileSync(pem, certificate.cert + certificate.key)
    writeFileSync(join(folder, 'proxy.conf'), kind.configuration(setting))
    return new Proxy(runProgram(path, kind.args(join(folder, 'proxy.conf'), folder)), setting)
  }

  origin(scheme: 'http' | 'https'): string {
    return `${scheme}://127.0.0.1:${scheme === 'http' ? this.#setting.plainPort : this.#setting.securePort}`
  }

  /** As a machine that loses its power, for those behind it. */
  kill(): Promise<void> {
    return this.#program.kill()
  }

  async stop(): Promise<void> {
    await this.kill()
    rmSync(this.#setting.folder, { recursive: true, force: true })
  }

  async #isListening(): Promise<boolean> {
    while (!this.#program.hasEnded()) {
      if (await accepts(this.#setting.plainPort) && await accepts(this.#setting.securePort)) return true
      await wait(5)
    }
    return false
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()]
  await Promise.all(servers.map((server) => new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })))
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => { server.close(resolve) })))
  return ports as [number, number]
}
