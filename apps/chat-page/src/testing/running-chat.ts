// How a suite starts an application. Every test starts its own.

export interface RunningChat {
  /** http://host:port, without a slash at the end */
  readonly url: string
  /** What SIGTERM does: every client gets Close 1001, then the server is gone. */
  stop(): Promise<void>
}

/** Starts the application on a port of 127.0.0.1; 0, the default, is any free one. */
export type StartChat = (port?: number) => Promise<RunningChat>
