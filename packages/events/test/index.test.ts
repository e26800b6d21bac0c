// The public surface, and that it needs nothing: this package runs in browsers.
import { readFileSync, readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as door from '../src/index.js'

test('has this surface', () => {
  expect(Object.keys(door).toSorted()).toEqual(['ChannelEvents', 'EndpointEvents', 'EventError', 'RequestError', 'defineEvents', 'typed'])
})

test('imports types alone', () => {
  const folder = new URL('../src/', import.meta.url)
  const values = readdirSync(folder).flatMap((file) => {
    const text = readFileSync(new URL(file, folder), 'utf8')
    return [...text.matchAll(/^(?:import|export) (?!type)[^'\n]*from '(?!\.\/)([^']+)'/gm)].map(([, specifier]) => `${file}: ${specifier}`)
  })
  expect(values).toEqual([])
})
