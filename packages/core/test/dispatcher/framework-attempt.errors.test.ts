import { expect, onTestFinished, test, vi } from 'vitest'
import { delay } from './helpers.js'
import { framework, upgradeRoute } from './framework-helpers.js'

const failure = (status: number | undefined, headers?: object): Error => Object.assign(new Error('the secret'), { status, headers })

test('what hooks into the response sees how a failure ends', async () => {
  const log: string[] = []
  const { ask } = await framework((_request, response, done) => {
    response.setHeader('X-Draft', 'yes')
    response.on('finish', () => log.push(`finish ${response.statusCode}`))
    response.on('close', () => log.push('close'))
    done(failure(undefined))
  })
  const { status, text } = await (await ask()).answer()
  expect(status).toBe(500)
  expect(text).not.toMatch(/X-Draft|secret/)
  expect(log).toEqual(['finish 500', 'close'])
})

test('the fields that belong to a failure go out with it, unless it is a 500', async () => {
  const { ask } = await framework((request, _response, done) => done(failure(Number(request.url?.slice(1)), { 'WWW-Authenticate': 'Basic' })))
  expect((await (await ask('/401')).answer()).text).toContain('WWW-Authenticate: Basic')
  expect((await (await ask('/500')).answer()).text).not.toContain('WWW-Authenticate')
})

test('C1: a failure with 404 means: no route. It is not reported, and the next one is asked', async () => {
  const errors: unknown[] = []
  const { ask, dispatcher } = await framework((_request, _response, done) => done(failure(404)), { onError: (error) => errors.push(error) })
  expect((await (await ask()).answer()).status).toBe(404)
  dispatcher.dispatch(upgradeRoute)
  expect(await (await ask()).until('\r\n\r\n')).toContain('101')
  expect(errors).toEqual([])
})

test('a hook that throws while a failure is answered: a bare 500', async () => {
  const errors: unknown[] = []
  const { ask } = await framework((_request, response, done) => {
    response.writeHead = () => { throw new Error('the second secret') }
    done(failure(401))
  }, { onError: (error) => errors.push(error) })
  const { status, text } = await (await ask()).answer()
  expect(status).toBe(500)
  expect(text).not.toContain('secret')
  expect(errors.map(String)).toEqual(['Error: the secret', 'Error: the second secret'])
})

test('a failure after the upgrade was claimed is the end of it', async () => {
  const { ask } = await framework(async (request, response, done) => {
    const upgraded = upgradeRoute(request, response)
    done(failure(418))
    await upgraded
    await delay(1)
  })
  expect((await (await ask()).answer()).status).toBe(418)
})

test('an `onError` that throws: both errors go to stderr, none into the event loop', async () => {
  const printed: string[] = []
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => { printed.push(String(text)); return true })
  onTestFinished(() => { spy.mockRestore() })
  const { ask } = await framework(() => Promise.reject(new Error('the first')), { onError: () => { throw new Error('the second') } })
  expect((await (await ask()).answer()).status).toBe(500)
  expect(printed.map((text) => text.split('\n')[0])).toEqual(['Error: the first', 'Error: the second'])
})
