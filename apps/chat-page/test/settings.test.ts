import { describe, expect, it } from 'vitest'
import { readSettings } from '../src/settings.js'

describe('readSettings', () => {
  it('has defaults', () => {
    expect(readSettings({})).toEqual({ port: 3000, host: '127.0.0.1' })
    expect(readSettings({ PORT: '', HOST: '' })).toEqual({ port: 3000, host: '127.0.0.1' })
  })

  it('takes PORT and HOST', () => {
    expect(readSettings({ PORT: '0', HOST: '::1' })).toEqual({ port: 0, host: '::1' })
  })

  it.each(['65536', '-1', '80a', '1e3', ' 1', 'http'])('refuses PORT=%s in one line', (PORT) => {
    expect(() => readSettings({ PORT })).toThrow(`PORT must be a number from 0 to 65535, not "${PORT}".`)
  })
})
