// Sends to everybody by plain HTTP requests, as applications do: numbered announcements to all rooms, numbered shouts to every
// connection. Knows the server's port only.
import { Poster } from './http.js'
import { pause } from './process/pause.js'

const EVERY = 200
/** Every so many announcements there is a shout, which reaches thousands. */
const SHOUT_EVERY = 10

export class Announcer {
  announced = 0
  shouted = 0
  readonly #poster: Poster
  #isRunning = false
  #done: Promise<void> = Promise.resolve()

  constructor(port: number) {
    this.#poster = new Poster(port)
  }

  start(): void {
    this.#isRunning = true
    this.#done = this.#run()
  }

  /** @throws Error of a request that failed */
  async stop(): Promise<void> {
    this.#isRunning = false
    await this.#done
    this.#poster.close()
  }

  async #run(): Promise<void> {
    while (this.#isRunning) {
      await this.#poster.post('/announce', `announcement ${this.announced}`)
      this.announced++
      if (this.announced % SHOUT_EVERY === 0) {
        await this.#poster.post('/shout', `shout ${this.shouted}`)
        this.shouted++
      }
      await pause(EVERY)
    }
  }
}
