// The endpoint's side of connections: no error of a handler gets lost, or goes further than its connection.
import { expect, onTestFinished, test, vi } from 'vitest'
import { EndpointHost } from '../../src/endpoint/connection-host.js'
import { resolveOptions } from '../../src/endpoint/options.js'
import { Runtime } from '../../src/runtime.js'
import { turns } from '../support/wait.js'

function host(): { host: EndpointHost<unknown>; printed: string[] } {
  const printed: string[] = []
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => { printed.push(String(text)); return true })
  onTestFinished(() => { spy.mockRestore() })
  return { host: new EndpointHost(resolveOptions<unknown>({ name: 'chat', runtime: new Runtime() })), printed }
}

const error = new Error('mine')

test('an error that nobody listens for is printed, with the endpoint\'s name and the stack', () => {
  const { host: h, printed } = host()
  h.onHandlerError(error, undefined)
  expect(printed.length).toBe(1)
  expect(printed[0]).toMatch(/endpoint 'chat'.*Error: mine\n +at /)
})

test('one that somebody listens for is not', () => {
  const { host: h, printed } = host()
  const heard = vi.fn()
  h.handlers.add('error', heard)
  h.onHandlerError(error, undefined)
  expect(heard).toHaveBeenCalledWith(error, undefined, undefined)
  expect(printed).toEqual([])
})

test.each<[string, () => unknown]>([['throws', () => { throw new Error('later') }], ['rejects', () => Promise.reject(new Error('later'))]])(
  'an error handler that %s: both errors are printed', async (_how, fail) => {
    const { host: h, printed } = host()
    h.handlers.add('error', fail)
    h.onHandlerError(error, undefined)
    await turns()
    expect(printed.join('')).toContain('Error: later')
    expect(printed.join('')).toContain('Error: mine')
  })

test('announcing tells whether all went well', async () => {
  const { host: h } = host()
  const heard = vi.fn()
  h.handlers.add('error', heard)
  expect(h.announce('refused', {} as never, {})).toBe(true)
  const good = (): Promise<void> => Promise.resolve()
  h.handlers.add('refused', good)
  expect(await h.announce('refused', {} as never, {})).toBe(true)
  h.handlers.add('refused', () => { throw error })
  expect(await h.announce('refused', {} as never, {})).toBe(false)
  h.handlers.remove('refused', good)
  expect(h.announce('refused', {} as never, {})).toBe(false)
  expect(heard).toHaveBeenCalledTimes(2)
})
