// One read buffer for all sockets of a process, instead of a new one for each read (PERFORMANCE rule 1, ADR 0010). The only file that
// touches the insides of Node's net.Socket: what it needs is looked for, and where it is missing sockets go on with 'data'.
import { Buffer } from 'node:buffer'
import { Socket } from 'node:net'
import { MASKING_KERNEL } from '../protocol/masking-kernel.js'

/** As much as libuv reads at once, and as large as the memory of the masking kernel. */
const BUFFER_SIZE = 64 * 1024

/** What Node's `onread` option sets up in a socket's constructor. */
interface Insides {
  readonly _handle?: { useUserBuffer?(buffer: Buffer): void } | null
  [name: symbol]: unknown
}

/** `this` is the socket. */
export type OnRead = (this: Socket, size: number, buffer: Buffer) => boolean

export class SharedReads {
  readonly #symbols = findSymbols()
  readonly #isEnabled: boolean
  #buffer: Buffer | undefined

  /** @param isEnabled false: every socket keeps its own way of reading */
  constructor(isEnabled = true) {
    this.#isEnabled = isEnabled
  }

  /**
   * From now on this socket reads into the shared buffer: no 'data' any more, but calls of `onRead`, during which the bytes are there.
   * pause(), resume() and 'end' work as before. The socket must be flowing and have nothing buffered.
   * @returns false when it cannot be done with this socket, which is then as it was
   */
  adopt(socket: Socket, onRead: OnRead): boolean {
    const insides = socket as unknown as Insides
    const symbols = this.#symbols
    // Of a TLS socket the handle carries what is encrypted.
    if (!this.#isEnabled || symbols === undefined || socket.constructor !== Socket || insides[symbols.buffer] !== null) return false
    if (typeof insides._handle?.useUserBuffer !== 'function' || socket.readableLength > 0 || socket.readableFlowing !== true) return false
    const buffer = (this.#buffer ??= MASKING_KERNEL?.memory ?? Buffer.allocUnsafeSlow(BUFFER_SIZE))
    insides._handle.useUserBuffer(buffer)
    insides[symbols.buffer] = buffer
    insides[symbols.callback] = onRead
    return true
  }
}

/** The constructor sets them, so a socket that is connected to nothing has them, too. */
function findSymbols(): { readonly buffer: symbol; readonly callback: symbol } | undefined {
  const symbols = Object.getOwnPropertySymbols(new Socket())
  const [buffer, callback] = ['kBuffer', 'kBufferCb'].map((name) => symbols.find(({ description }) => description === name))
  return buffer === undefined || callback === undefined ? undefined : { buffer, callback }
}
