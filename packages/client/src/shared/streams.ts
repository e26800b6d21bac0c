// A client as a pair of web streams, with backpressure both ways. Knows its iterator, send(), drained() and close() only.
import type { Message, Payload } from './link.js'

export interface Streamable extends AsyncIterable<Message> {
  send(data: Payload): boolean
  drained(): Promise<void>
  close(): Promise<unknown>
  terminate(error?: Error): void
}

export function readableOf(client: Streamable): ReadableStream<Message> {
  let iterator: AsyncIterator<Message> | undefined
  return new ReadableStream<Message>({
    async pull(controller) {
      iterator ??= client[Symbol.asyncIterator]()
      const { done, value } = await iterator.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel() {
      void iterator?.return?.()
      return client.close() as Promise<undefined>
    },
  }, { highWaterMark: 0 })
}

export function writableOf(client: Streamable): WritableStream<Payload> {
  return new WritableStream<Payload>({
    write(data) {
      if (!client.send(data)) throw new Error('the message was refused')
      return client.drained()
    },
    close: () => client.close() as Promise<undefined>,
    abort: (reason: Error) => client.terminate(reason),
  })
}
