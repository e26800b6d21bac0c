// The fourth public door, @tocsin/core/handshake: its names are pinned, because taking one away breaks someone.
import { expect, it } from 'vitest'
import * as handshake from '../../src/handshake/index.js'

it('the public names of @tocsin/core/handshake', () => {
  expect(Object.keys(handshake).sort()).toEqual([
    'acceptKey', 'checkSubprotocolOption', 'fieldLines', 'hasField', 'hasToken', 'isFieldText', 'isToken', 'parseExtensions', 'serializeExtension', 'serializeHead',
  ])
})
