import { describe, expect, it } from 'vitest'
import { USAGE, readArguments } from '../../src/cli/arguments.js'

const DEFAULTS = { headers: [], subprotocols: [], origin: undefined, json: false, compression: false, reconnect: false, insecure: false, wait: 0 }

describe('readArguments', () => {
  it('a URL is enough, with or without its scheme', () => {
    expect(readArguments(['wss://a/'], '1.0.0')).toEqual({ ...DEFAULTS, url: 'wss://a/' })
    expect(readArguments(['localhost:9501/chat'], '1.0.0')).toEqual({ ...DEFAULTS, url: 'ws://localhost:9501/chat' })
  })

  it('long and short', () => {
    const expected = {
      url: 'ws://a', headers: [['X-A', 'b: c'], ['Cookie', '']], subprotocols: ['x', 'y'], origin: 'http://a', json: true, compression: true, reconnect: true, insecure: true, wait: 1_500,
    }
    const long = ['--header', 'X-A: b: c', '--header', 'Cookie:', '--subprotocol', 'x', '--subprotocol', 'y', '--origin', 'http://a', '--json', '--compress', '--reconnect', '--insecure', '--wait', '1.5']
    const short = ['-H', 'X-A: b: c', '-H', 'Cookie:', '-s', 'x', '-s', 'y', '-o', 'http://a', '-jcr', '--insecure', '-w', '1.5']
    expect(readArguments(['ws://a', ...long], '1.0.0')).toEqual(expected)
    expect(readArguments([...short, 'ws://a'], '1.0.0')).toEqual(expected)
  })

  it('help and version', () => {
    expect(readArguments(['--help'], '1.2.3')).toEqual({ text: USAGE, exitCode: 0 })
    expect(readArguments(['-v'], '1.2.3')).toEqual({ text: '1.2.3\n', exitCode: 0 })
  })

  it.each([[[]], [['a', 'b']], [['a', '--nonsense']], [['a', '-H', 'nonsense']], [['a', '-w', 'soon']], [['a', '-w', '-1']], [['a', '-w', '']]])('%j ends with 2', (args) => {
    expect(readArguments(args, '1.0.0')).toMatchObject({ exitCode: 2 })
  })
})
