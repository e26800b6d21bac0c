import { expect, test } from 'vitest'
import { connect, start, upgradeRequest } from './helpers.js'
import type { RequestHandler } from '../../src/dispatcher/framework-attempt.js'

test('C1: a framework that is brought twice is asked once, until both have taken it off', async () => {
  const { dispatcher, port } = await start()
  let asked = 0
  const handler: RequestHandler = (_request, response) => { asked++; response.writeHead(404).end('mine') }
  const takeOff = [dispatcher.dispatch(handler), dispatcher.dispatch(handler)]
  const statusAndCount = async () => [(await (await connect(port, upgradeRequest())).answer()).text.includes('mine'), asked]
  expect(await statusAndCount()).toEqual([true, 1])
  takeOff[0]!()
  takeOff[0]!()
  expect(await statusAndCount()).toEqual([true, 2])
  takeOff[1]!()
  expect(await statusAndCount()).toEqual([false, 2])
})
