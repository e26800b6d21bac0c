// settle(): what can run without time has run.
import { expect, test } from 'vitest'
import { settle, transportPair } from '@tocsin/testing'

test('bytes have crossed a transport, and their answer has come back', async () => {
  const { client, server } = transportPair()
  let answer = ''
  server.on('data', (bytes) => server.write(bytes))
  client.on('data', (bytes) => { answer += String(bytes) })
  client.write('hello')
  await settle()
  expect(answer).toBe('hello')
})

test('takes as many turns as it is told', async () => {
  let turns = 0
  const count = (): void => { turns++; setImmediate(count) }
  setImmediate(count)
  await settle(3)
  expect(turns).toBe(3)
})
