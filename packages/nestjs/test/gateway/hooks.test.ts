// handleConnection and handleDisconnect: awaited, in order, and their failure is that of one connection (C6).
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets'
import { Connection, Frame, Opcode } from '@tocsin/core'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { message, platforms, start } from '../support/start.js'

const log: string[] = []

@WebSocketGateway({ path: '/slow' })
class SlowGateway {
  async handleConnection(connection: Connection): Promise<void> {
    log.push('opening')
    await delay(20)
    connection.subscribe('all')
    log.push('open')
  }

  @SubscribeMessage('say') say(client: Connection): void { log.push(`message, ${[...client.topics].join()}`) }

  async handleDisconnect(connection: Connection): Promise<void> {
    await delay(1)
    log.push(`closed, ${[...connection.topics].join()}`)
  }
}

@WebSocketGateway({ path: '/slow' })
class AlsoSlowGateway {
  async handleConnection(): Promise<void> {
    await delay(10)
    log.push('also open')
  }
}

@WebSocketGateway({ path: '/failing' })
class FailingGateway {
  handleUpgrade(request: { query: { how: string } }): string { return request.query.how }

  handleConnection({ data }: Connection<string>): Promise<void> | void {
    if (data === 'later') return delay(5).then(() => { throw new Error('later') })
    if (data === 'now') throw new Error('now')
  }

  handleDisconnect({ data }: Connection<string>): Promise<void> | void {
    if (data === 'at the end') return Promise.reject(new Error('at the end'))
  }

  @SubscribeMessage('echo') echo(_client: Connection, data: unknown): unknown { return { event: 'echo', data } }
}

describe.each(platforms)('hooks on platform-%s', (platform) => {
  test('an asynchronous handleConnection settles before the first message; all of a path do', async () => {
    log.length = 0
    const { connect } = await start({ providers: [SlowGateway, AlsoSlowGateway] }, { platform })
    const frames = ['say', 'say'].map((event) => new Frame({ opcode: Opcode.Text, payload: message(event) }))
    const client = await connect('/slow', { head: frames })
    await expect.poll(() => log.length).toBe(5)
    await client.close()
    await expect.poll(() => log).toEqual(['opening', 'also open', 'open', 'message, all', 'message, all', 'closed, all'])
  })

  test('a failing handleConnection closes that connection with 1011; others, and the process, live', async () => {
    const unhandled = vi.fn<(error: unknown) => void>()
    process.on('unhandledRejection', unhandled).on('uncaughtException', unhandled)
    onTestFinished(() => { process.off('unhandledRejection', unhandled).off('uncaughtException', unhandled) })
    const { connect } = await start({ providers: [FailingGateway] }, { platform })
    const good = await connect('/failing?how=well')
    for (const how of ['now', 'later']) {
      const bad = await connect(`/failing?how=${how}`)
      expect((await bad.closed).code).toBe(1011)
    }
    await (await connect('/failing?how=at%20the%20end')).close()
    good.send(message('echo', 1))
    expect(await good.nextJson()).toEqual({ event: 'echo', data: 1 })
    await delay(10)
    expect(unhandled).not.toHaveBeenCalled()
  })
})
