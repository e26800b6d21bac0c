// A client on the WebSocket API of the web, told what to do: runs in a page, in Node and over `ws`. It is served as it stands, so it
// imports nothing.

/**
 * @param {(url: string, options: import('../agent.js').OpenOptions) => WebSocket} connect
 * @returns {Omit<import('../agent.js').Agent, 'ping' | 'echoFragments'> & { session(id: number): Session }}
 */
export function webSocketAgent(connect) {
  /** @type {Session[]} */
  const sessions = []
  const session = (/** @type {number} */ id) => /** @type {Session} */ (sessions[id])
  return {
    session,
    async open(url, options = {}) {
      const opening = new Session(connect(url, options))
      const refused = await opening.opened
      if (refused !== undefined) return { refused }
      const { protocol, extensions } = opening.socket
      return { session: sessions.push(opening) - 1, subprotocol: protocol, extensions }
    },
    async echo(id, samples) {
      const sent = samples.map(make)
      for (const data of sent) session(id).socket.send(data)
      return session(id).differences(sent)
    },
    async send(id, sample) { session(id).socket.send(make(sample)) },
    async receive(id) { return describe(await session(id).next()) },
    async close(id, code, reason) {
      session(id).socket.close(code ?? undefined, reason ?? undefined)
      return session(id).closed
    },
    closed: (id) => session(id).closed,
  }
}

export class Session {
  /** @type {(string | ArrayBuffer)[]} */
  #unread = []
  #wake = () => {}

  /** @param {WebSocket} socket */
  constructor(socket) {
    this.socket = socket
    socket.binaryType = 'arraybuffer'
    socket.onmessage = ({ data }) => { this.#unread.push(data); this.#wake() }
    /** @type {Promise<import('../agent.js').Closed>} */
    this.closed = new Promise((resolve) => {
      socket.onclose = ({ code, reason, wasClean }) => { resolve({ code, reason, clean: wasClean }); this.#wake() }
    })
    /** @type {Promise<string | undefined>} */
    this.opened = new Promise((resolve) => {
      socket.onopen = () => resolve(undefined)
      socket.onerror = (event) => resolve('message' in event ? String(event.message) : 'an error without a word')
    })
  }

  /** @returns {Promise<string | ArrayBuffer>} */
  async next() {
    while (this.#unread.length === 0) {
      const { readyState, CLOSED } = this.socket
      if (readyState === CLOSED) throw new Error(`closed, instead of a message: ${JSON.stringify(await this.closed)}`)
      await new Promise((resolve) => { this.#wake = () => resolve(undefined) })
    }
    return /** @type {string | ArrayBuffer} */ (this.#unread.shift())
  }

  /** @param {(string | Uint8Array<ArrayBuffer>)[]} sent */
  async differences(sent) {
    const found = []
    for (const [index, data] of sent.entries()) {
      const difference = compare(data, await this.next())
      if (difference !== undefined) found.push(`message ${index}: ${difference}`)
    }
    return found
  }
}

/**
 * @param {import('../agent.js').Sample} sample
 * @returns {string | Uint8Array<ArrayBuffer>}
 */
export function make(sample) {
  if ('text' in sample) return sample.text.repeat(sample.times ?? 1)
  const bytes = new Uint8Array(Math.ceil(sample.bytes / 4) * 4)
  if (sample.of === 'noise') for (let at = 0; at < bytes.length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536))
  else new Uint32Array(bytes.buffer).forEach((_, index, words) => { words[index] = index >> 2 })
  return bytes.subarray(0, sample.bytes)
}

/**
 * @param {string | Uint8Array} sent
 * @param {string | ArrayBuffer} received
 * @returns {string | undefined}
 */
export function compare(sent, received) {
  if (typeof sent === 'string') return sent === received ? undefined : `a text of ${sent.length}: ${brief(received)}`
  if (typeof received === 'string') return `a binary message of ${sent.length}: ${brief(received)}`
  const bytes = new Uint8Array(received)
  if (bytes.length !== sent.length) return `a binary message of ${sent.length}: ${brief(received)}`
  for (let at = 0; at < bytes.length; at++) if (bytes[at] !== sent[at]) return `a binary message of ${sent.length}: byte ${at} is another`
  return undefined
}

/** @param {string | ArrayBuffer} received */
function brief(received) {
  if (typeof received === 'string') return `a text of ${received.length} came, ${JSON.stringify(received.slice(0, 40))}`
  return `a binary message of ${received.byteLength} came`
}

/** @param {string | ArrayBuffer} received */
function describe(received) {
  if (typeof received === 'string') return { text: received }
  return { hex: Array.from(new Uint8Array(received), (byte) => byte.toString(16).padStart(2, '0')).join('') }
}
