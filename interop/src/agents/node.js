// Node's own WebSocket as an agent: a call is a line of JSON on stdin, its answer a line on stdout, in whatever order they are ready.
import { createInterface } from 'node:readline'
import { webSocketAgent } from './web-socket.js'

const agent = webSocketAgent((url, { subprotocols = [] }) => new WebSocket(url, [...subprotocols]))

createInterface({ input: process.stdin })
  .on('line', (line) => { void answer(JSON.parse(line)) })
  .on('close', () => process.exit()) // the caller has ended: nobody waits for what is still open

/** @param {{ id: number, command: string, args: unknown[] }} call */
async function answer({ id, command, args }) {
  const reply = await perform(command, args).then((result) => ({ result }), (error) => ({ error: String(error) }))
  process.stdout.write(`${JSON.stringify({ id, ...reply })}\n`)
}

/**
 * @param {string} command
 * @param {unknown[]} args
 */
async function perform(command, args) {
  const method = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (agent))[command]
  if (typeof method !== 'function') throw new Error(`it cannot ${command}`)
  return method(...args)
}
