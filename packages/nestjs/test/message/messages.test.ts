// What comes in and what goes out: ids, errors, formats, feeds, global enhancers.
import {
  type ArgumentsHost, BadRequestException, type CallHandler, Catch, type ExceptionFilter, type ExecutionContext, HttpException,
  type PipeTransform, StandardSchemaValidationPipe, UsePipes,
} from '@nestjs/common'
import { MessageBody, SubscribeMessage, WebSocketGateway, WsException, type WsResponse } from '@nestjs/websockets'
import type { Connection } from '@tocsin/core'
import type { TestClient } from '@tocsin/testing'
import { concat, EMPTY, map, type Observable, of, Subject, tap, throwError } from 'rxjs'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { BadMessage, type GatewayMessage, type GatewayOptions, type MessageFormat, type TocsinOptions } from '@tocsin/nestjs'
import { message, type PlatformName, platforms, type Setup, start } from '../support/start.js'

const Say = z.object({ text: z.string().max(10) })
const feed = new Subject<number>()

@WebSocketGateway({ path: '/m' })
class MessageGateway {
  @SubscribeMessage('echo') echo(@MessageBody() data: unknown): WsResponse<unknown> { return { event: 'echoed', data } }
  @SubscribeMessage('value') value(@MessageBody() data: unknown): unknown { return data }
  @SubscribeMessage('bytes') bytes(): Uint8Array { return Buffer.from([1, 2, 3]) }
  @SubscribeMessage('cycle') cycle(): unknown { const cycle: unknown[] = []; return [cycle, cycle.push(cycle)] }
  @SubscribeMessage('bad') bad(): void { throw new BadRequestException(['text must be a string']) }
  @SubscribeMessage('teapot') teapot(): void { throw new HttpException('short and stout', 418) }
  @SubscribeMessage('object') object(): void { throw new WsException({ code: 7, hint: 'later' }) }
  @SubscribeMessage('bug') async bug(): Promise<void> { await Promise.reject(new Error('the password is hunter2')) }
  @SubscribeMessage('stream')
  stream(): Observable<unknown> { return concat(of({ event: 'first' }), throwError(() => new WsException('broken'))) }
  @SubscribeMessage('feed') feed(): Observable<WsResponse<number>> { return feed.pipe(map((data) => ({ event: 'fed', data }))) }
  @SubscribeMessage('empty') empty(): Observable<never> { return EMPTY }
  @UsePipes(new StandardSchemaValidationPipe()) @SubscribeMessage('say')
  say(@MessageBody({ schema: Say }) { text }: { text: string }): WsResponse<string> { return { event: 'said', data: text } }
}

async function open(options?: TocsinOptions, setup: Setup = {}, platform: PlatformName = 'express'): Promise<TestClient> {
  const running = await start({ providers: [MessageGateway] }, { platform, ...setup, ...(options ? { options } : {}) })
  return running.connect('/m')
}

async function ask(client: TestClient, text: string | Buffer): Promise<unknown> {
  client.send(text)
  return client.nextJson()
}

function exception(data: object, id?: unknown): object {
  return { event: 'exception', data: { status: 'error', ...data }, ...(id === undefined ? {} : { id }) }
}

describe('ids', () => {
  test('come back with whatever answers', async () => {
    const client = await open()
    expect(await ask(client, message('echo', 1, 'a'))).toEqual({ event: 'echoed', data: 1, id: 'a' })
    expect(await ask(client, message('value', 2, 7))).toEqual({ event: 'reply', data: 2, id: 7 })
    expect(await ask(client, message('value', 2))).toBe(2)
    expect(await ask(client, message('teapot', 2, 8))).toEqual(exception({ statusCode: 418, message: 'short and stout' }, 8))
    expect(await ask(client, message('dance', 2, 9))).toEqual(exception({ message: 'unknown event' }, 9))
    expect(await ask(client, message('echo', 1, 'x'.repeat(257)))).toMatchObject({ event: 'exception' })
  })
})

describe.each(platforms)('errors on platform-%s', (platform) => {
  test.each([
    ['no JSON', 'hunter2', 'a message must be JSON'], ['nothing', '', 'a message must be JSON'],
    ['no object', '7', 'a message must be a JSON object'], ['null', 'null', 'a message must be a JSON object'],
    ['no event', '{"data":"hunter2"}', 'event must be a string'], ['an unknown event', '{"event":"hunter2"}', 'unknown event'],
    ['an inherited name', '{"event":"constructor"}', 'unknown event'],
    ['bytes that are no JSON', Buffer.from([1, 2, 3]), 'a message must be JSON'],
  ])('%s is answered, and the connection lives', async (_what, text, said) => {
    const client = await open({}, {}, platform)
    expect(await ask(client, text)).toEqual(exception({ message: said }))
    expect(await ask(client, message('echo', 1))).toEqual({ event: 'echoed', data: 1 })
  })

  test('what the application says is kept; a bug says nothing; nothing of the client comes back', async () => {
    const client = await open({}, {}, platform)
    const badRequest = { statusCode: 400, message: ['text must be a string'], error: 'Bad Request' }
    expect(await ask(client, message('bad', 'hunter2'))).toEqual(exception(badRequest))
    expect(await ask(client, message('object', 'hunter2'))).toEqual({ event: 'exception', data: { code: 7, hint: 'later' } })
    expect(await ask(client, message('bug', 'hunter2'))).toEqual(exception({ message: 'Internal server error' }))
    expect(await ask(client, message('cycle', 'hunter2'))).toEqual(exception({ message: 'Internal server error' }))
    expect(await ask(client, message('say', { text: 'hunter2'.repeat(2) }))).toMatchObject(exception({ statusCode: 400 }))
    expect(await ask(client, message('say', { text: 'hello' }))).toEqual({ event: 'said', data: 'hello' })
  })

  test('binary: JSON in bytes is read, bytes that a handler returns go out as bytes', async () => {
    const client = await open({}, {}, platform)
    expect(await ask(client, Buffer.from(message('echo', 'é')))).toEqual({ event: 'echoed', data: 'é' })
    client.send(message('bytes'))
    expect(await client.next()).toEqual(Buffer.from([1, 2, 3]))
  })
})

describe('observables', () => {
  test('a feed does not hold up what comes behind it, and ends with the connection', async () => {
    const client = await open()
    client.send(message('feed'))
    expect(await ask(client, message('echo', 1))).toEqual({ event: 'echoed', data: 1 })
    feed.next(7)
    expect(await client.nextJson()).toEqual({ event: 'fed', data: 7 })
    await client.close()
    await expect.poll(() => feed.observed).toBe(false)
  })

  test('values and errors in order; an empty one answers nothing', async () => {
    const client = await open()
    client.send(message('empty'))
    expect(await ask(client, message('stream', 0, 1))).toEqual({ event: 'first', id: 1 })
    expect(await client.nextJson()).toEqual(exception({ message: 'broken' }, 1))
  })

  test('with interceptors: answers keep their order, declared feeds do not hold them up', async () => {
    const seen = vi.fn<(value: unknown) => void>()
    const intercept = (context: ExecutionContext, next: CallHandler): Observable<unknown> => {
      return context.getType() === 'ws' ? next.handle().pipe(tap(seen)) : next.handle()
    }
    const client = await open({}, { prepare: (app) => { app.useGlobalInterceptors({ intercept }) } })
    client.send(message('feed'))
    for (const data of [1, 2, 3]) client.send(message('echo', data))
    for (const data of [1, 2, 3]) expect(await client.nextJson()).toEqual({ event: 'echoed', data })
    expect(seen).toHaveBeenCalledTimes(3)
  })
})

describe('global enhancers', () => {
  test('pipes', async () => {
    const pipe: PipeTransform = { transform: (value: unknown) => (typeof value === 'number' ? value * 2 : value) }
    const client = await open({}, { prepare: (app) => { app.useGlobalPipes(pipe) } })
    expect(await ask(client, message('echo', 21))).toEqual({ event: 'echoed', data: 42 })
  })

  test('filters, where the application opts in', async () => {
    @Catch(HttpException)
    class HttpFilter implements ExceptionFilter<HttpException> {
      catch(error: HttpException, host: ArgumentsHost): void {
        if (host.getType() === 'ws') host.switchToWs().getClient<Connection>().send(JSON.stringify({ status: error.getStatus() }))
      }
    }
    const prepare: Setup['prepare'] = (app) => { app.useGlobalFilters(new HttpFilter()) }
    expect(await ask(await open({ globalFilters: true }, { prepare }), message('teapot'))).toEqual({ status: 418 })
    expect(await ask(await open({ globalFilters: true }, { prepare }), message('object'))).toMatchObject({ event: 'exception' })
    expect(await ask(await open({}, { prepare }), message('teapot'))).toMatchObject({ event: 'exception' })
  })
})

describe('formats', () => {
  /** One byte for the event, the rest is the data. */
  const terse: MessageFormat = {
    parse(bytes): GatewayMessage {
      if (typeof bytes === 'string') throw new BadMessage('binary only')
      if (bytes.length === 0) throw new Error('hunter2')
      return { event: String.fromCharCode(bytes[0]!), data: bytes.subarray(1).toString() }
    },
    serialize: ({ event, data }) => Buffer.from(event.slice(0, 1) + (typeof data === 'string' ? data : JSON.stringify(data))),
  }

  @WebSocketGateway<GatewayOptions>({ path: '/terse', format: terse, describeError: ({ message: text }) => ({ event: '!', data: text }) })
  class TerseGateway {
    @SubscribeMessage('e') echo(@MessageBody() data: string): WsResponse<string> { return { event: 'e', data } }
    @SubscribeMessage('v') value(@MessageBody() data: string): string { return data }
  }

  test('are pluggable, binary ones as well; errors are named as the application likes', async () => {
    const { connect } = await start({ providers: [TerseGateway] })
    const client = await connect('/terse')
    const talk = [
      [Buffer.from('eabc'), 'eabc'], [Buffer.from('vabc'), 'rabc'], [Buffer.from('x'), '!unknown event'], ['text', '!binary only'],
      [Buffer.of(), '!bad message'],
    ] as const
    for (const [sent, answer] of talk) {
      client.send(sent)
      expect(String(await client.next())).toBe(answer)
    }
  })
})

