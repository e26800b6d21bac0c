// Opening handshakes that a server must not accept (RFC 6455 §4.2.1, §4.2.2, §4.4).
import { Buffer } from 'node:buffer'
import type { Case, Theme } from '../../../case.js'
import { EXAMPLE_KEY, isClientError, isNotSwitched, namesVersion, refused } from './attempt.js'

function wrongRequest(): Case[] {
  const section = '4.2.1'
  return [
    ...[
      'POST',
      'PUT',
      'DELETE',
      'OPTIONS',
      'HEAD',
      'PATCH',
    ].map((method) => refused({ name: `method ${method}`, section, fields: {}, line: { method } })),
    refused({ name: 'method get', section, fields: {}, line: { method: 'get' } }),
    refused({ name: 'HTTP/1.0', section, fields: {}, line: { version: '1.0' } }),
    refused({ name: 'HTTP/0.9', section, fields: {}, line: { version: '0.9' } }, isRefused),
    refused({ name: 'no Host', section, fields: { Host: undefined } }),
    refused({ name: 'two Hosts', section, fields: { Host: ['one.example', 'two.example'] } }),
  ]
}

/** Any answer that is an error: a server need not speak that version of HTTP. */
function isRefused({ status }: { readonly status: number }): string | undefined {
  return status >= 400 ? undefined : `status ${status} instead of 4xx or 5xx`
}

function notAnUpgrade(): Case[] {
  const upgrades = [undefined, '', 'h2c', 'websockets', 'web socket', 'websocket2', 'xwebsocket', '"websocket"']
  const connections = [undefined, '', 'keep-alive', 'close', 'Upgrades', 'xUpgrade', 'Up grade', '"Upgrade"']
  return [
    ...upgrades.map((value) => refused({ name: nameOf('Upgrade', value), section: '4.2.1', fields: { Upgrade: value } }, isNotSwitched)),
    ...connections.map((value) => refused(
      { name: nameOf('Connection', value), section: '4.2.1', fields: { Connection: value } },
      isNotSwitched,
    )),
  ]
}

function nameOf(field: string, value: string | undefined): string {
  return value === undefined ? `no ${field}` : value === '' ? `${field} empty` : `${field}: ${value}`
}

function wrongVersion(): Case[] {
  const fields = (version: string | string[] | undefined) => ({ 'Sec-WebSocket-Version': version })
  return [
    // §4.1: "values 9, 10, 11, and 12 were not used"; above 13 there is none
    ...[
      '9',
      '10',
      '11',
      '12',
      '14',
      '99',
      '255',
    ].map((version) => refused({ name: `version ${version}`, section: '4.4', fields: fields(version) }, namesVersion)),
    // Versions of drafts: a server may understand them
    ...['0', '7', '8'].map((version) => refused({
      name: `version ${version}, unless the server speaks it`,
      section: '4.4',
      fields: fields(version),
    }, (answer) =>
      (answer.status === 101 ? undefined : namesVersion(answer)))),
    // §4.1: the value must be 13, and §4.3 gives the grammar: digits without a zero before them, up to 255
    ...['', 'abc', '013', '13.0', '1 3', '+13', '-13', '0xd', '1e1', '256', '13;q=1', '"13"', '13, 8', '8, 13'].map((version) =>
      refused({ name: `version "${version}"`, section: '4.2.1', fields: fields(version) })),
    refused({ name: 'no version', section: '4.2.1', fields: fields(undefined) }),
    refused({ name: 'two versions', section: '11.3.5', fields: fields(['13', '13']) }),
    refused({ name: 'two different versions', section: '11.3.5', fields: fields(['13', '8']) }),
  ]
}

/** §4.2.1: a base64-encoded value that, when decoded, is 16 bytes long. */
function wrongKey(): Case[] {
  const ofBytes = [
    1, 8, 12, 13, 14, 15, 17, 18, 19, 20, 24, 32,
  ].map((size): [string, string] => [`of ${size} bytes`, Buffer.alloc(size, 1).toString('base64')])
  const keys: [name: string, key: string][] = [
    ['empty', ''],
    ...ofBytes,
    ['of 0 bytes', '===='],
    ['without padding', EXAMPLE_KEY.slice(0, 22)],
    ['with half of its padding', EXAMPLE_KEY.slice(0, 23)],
    ['with too much padding', `${EXAMPLE_KEY}=`],
    ['with padding first', `==${EXAMPLE_KEY.slice(0, 22)}`],
    ['with characters outside of base64', 'dGhlIHNhbXBsZSBub25j*Q=='],
    ['in base64url', '-_-_-_-_-_-_-_-_-_-_-w=='],
    ['with a space', 'dGhlIHNhbXBsZSB ub25jZQ=='],
    ['with a comma', 'dGhlIHNhbXBsZSBub25jZQ==,'],
    ['in quotes', `"${EXAMPLE_KEY}"`],
    ['of 1000 characters', 'A'.repeat(1000)],
  ]
  return [
    ...keys.map(([name, key]) => refused({ name: `key ${name}`, section: '4.2.1', fields: { 'Sec-WebSocket-Key': key } })),
    refused({ name: 'no key', section: '4.2.1', fields: { 'Sec-WebSocket-Key': undefined } }),
    refused({ name: 'two keys', section: '11.3.1', fields: { 'Sec-WebSocket-Key': [EXAMPLE_KEY, EXAMPLE_KEY] } }),
    refused({ name: 'two different keys', section: '11.3.1', fields: { 'Sec-WebSocket-Key': [EXAMPLE_KEY, 'AAAAAAAAAAAAAAAAAAAAAA=='] } }),
  ]
}

/** RFC 6455 §9.1: a value that does not conform to the grammar MUST fail the connection, whatever the server knows. */
function wrongExtensions(): Case[] {
  const values = [
    '', ',', ' , ,', ';', '=', 'x y', 'x;', 'x;;', 'x;;a', ';a', 'x; =1', 'x; a=', 'x; a==1', 'x; a=b=c', 'x=1',
    'x; a="', 'x; a=""', 'x; a="b', 'x; a=b"',
    'x; a="b c"', 'x; a="b,c"', 'x; a="b"c', "x; a='b'; c=d e", 'x; a b', '"x"', 'x; "a"', 'x/y', 'x; a/b', 'x, y z',
    'x; a=\u00e9', 'x\u00e9', 'x; a="\\"', '(x)', 'x; a=[1]',
  ]
  return values.map((value) =>
    refused({ name: `extensions ${shown(value)}`, section: '9.1', fields: { 'Sec-WebSocket-Extensions': value } }))
}

/** RFC 6455 §4.1: one or more tokens, all of them unique. */
function wrongSubprotocols(): Case[] {
  const values = ['', ',', 'x y', '"x"', 'x/y', 'x;y', 'x=y', 'x, x', 'x, y z', '\u00e9', '(x)', 'a@b']
  return [
    ...values.map((value) => refused({
      name: `subprotocols ${shown(value)}`,
      section: '4.1',
      fields: { 'Sec-WebSocket-Protocol': value },
    })),
    refused(
      { name: 'a subprotocol twice, in two fields', section: '4.1', fields: { 'Sec-WebSocket-Protocol': ['x', 'x'] } },
      isClientError,
    ),
  ]
}

/** ASCII, for the table. */
function shown(value: string): string {
  return JSON.stringify(value).replace(/[^ -~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

export const handshakeRefused: Theme = {
  name: 'Opening handshake: wrong',
  rfc: 6455,
  cases: [...wrongRequest(), ...notAnUpgrade(), ...wrongVersion(), ...wrongKey(), ...wrongExtensions(), ...wrongSubprotocols()],
}
