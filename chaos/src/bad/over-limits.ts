// Too many from one address, too fast, too long without saying who they are: what an endpoint or a server limits where it is told to.
import { Buffer } from 'node:buffer'
import { MAX_PER_ADDRESS } from '../server/task.js'
import { TEXT, frame } from '../wire/frame.js'
import type { Peer } from '../wire/peer.js'
import type { BadClient, World } from './bad-client.js'

const MORE = 5
const MANY = Buffer.concat(Array.from({ length: 5000 }, (_, i) => frame(TEXT, String(i))))

export const crowdsIn: BadClient = {
  name: 'crowds-in',
  does: `opens ${MAX_PER_ADDRESS} connections from one address, and then ${MORE} more`,
  allows: ['refused 503'],
  remark: '`maxConnectionsPerAddress`, with Retry-After; the others stay',
  isQuick: true,
  share: 0.25,
  async attack(world) {
    const crowd = await Promise.all(Array.from({ length: MAX_PER_ADDRESS }, () => world.open()))
    const more = await Promise.all(Array.from({ length: MORE }, () => tryToOpen(world)))
    const stayed = await world.isServed(crowd[0]!)
    for (const peer of crowd) peer.close()
    await Promise.all(crowd.map((peer) => world.endOf(peer)))
    return [...more.map(refusalOf), stayed === 'served' ? 'refused 503' : stayed].find((outcome) => outcome !== 'refused 503') ?? 'refused 503'
  },
}

async function tryToOpen(world: World): Promise<Peer> {
  const peer = await world.connect()
  peer.request({ path: world.path })
  await peer.opened(world.patience)
  return peer
}

function refusalOf({ status, answer, outcome }: Peer): string {
  return status === 503 && !/\r\nRetry-After: \d+\r\n/i.test(answer) ? 'refused 503, without Retry-After' : status === 101 ? 'served' : outcome
}

const guarded = ({ path }: World): string => path.replace('/', '/guarded')

export const neverAuthenticates: BadClient = {
  name: 'never-authenticates',
  does: 'talks to an endpoint that wants to know who it is, and does not say',
  allows: ['close 1008'],
  remark: '`authenticateWithin`',
  async attack(world) {
    const peer = await world.open({ path: guarded(world) })
    peer.send('hello')
    return world.endOf(peer)
  },
}

export const talksTooFast: BadClient = {
  name: 'talks-too-fast',
  does: 'says who it is, and then 5,000 messages at once where 100 a second are allowed',
  allows: ['close 1008'],
  remark: '`rateLimit` with the policy `close`',
  isQuick: true,
  async attack(world) {
    const peer = await world.open({ path: guarded(world) })
    peer.send('I am talks-too-fast')
    if (await world.isServed(peer) !== 'served') return `unknown: ${peer.outcome}`
    peer.write(MANY)
    return world.endOf(peer)
  },
}
