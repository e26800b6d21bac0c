// PORT and HOST, checked.

export interface Settings {
  readonly port: number
  readonly host: string
}

/** @throws Error that says in one line what is wrong */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const port = environment['PORT'] || '3000'
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw new Error(`PORT must be a number from 0 to 65535, not "${port}".`)
  return { port: Number(port), host: environment['HOST'] || '127.0.0.1' }
}
