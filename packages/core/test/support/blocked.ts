// A connection whose peer has stopped reading: its first write hangs.
import { Opcode } from '../../src/protocol/index.js'
import { type Bench, type BenchOptions, bench } from './bench.js'
import { turns } from './wait.js'

/** 7 bytes are outstanding; whatever is sent next waits. */
export async function blocked(options: BenchOptions = {}): Promise<Bench> {
  const b = bench(options).on('message', () => {}).start()
  b.stream.isStalled = true
  b.connection.send('first')
  await turns(2)
  return b
}

/** The peer reads everything. @returns the messages it gets behind the first one, where none is in fragments */
export async function readAll(b: Bench): Promise<string[]> {
  b.stream.release()
  await turns()
  return b.stream.frames.filter(({ opcode }) => opcode < Opcode.Close).map(({ payload }) => payload.toString()).slice(1)
}
