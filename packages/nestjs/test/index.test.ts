// The public surface, pinned.
import { expect, test } from 'vitest'
import * as nestjs from '@tocsin/nestjs'
import * as testing from '@tocsin/nestjs/testing'

test('what is exported', () => {
  const names = ['BadMessage', 'GatewayEndpoint', 'Tocsin', 'TocsinAdapter', 'TocsinModule', 'UseUpgradeGuards', 'jsonFormat']
  expect(Object.keys(nestjs).sort()).toEqual(names)
  expect(Object.keys(testing).sort()).toEqual(['injectWS', 'testGateways'])
})
