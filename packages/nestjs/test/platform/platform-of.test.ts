// Which platform an application runs on; any other is refused by name, when the adapter is made.
import 'reflect-metadata'
import type { HttpServer as HttpAdapter } from '@nestjs/common'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { UsageError } from '@tocsin/core'
import { expect, test } from 'vitest'
import { ExpressPlatform } from '../../src/platform/express.js'
import { FastifyPlatform } from '../../src/platform/fastify.js'
import { platformOf } from '../../src/platform/platform-of.js'

test('Express and Fastify', () => {
  expect(platformOf(new ExpressAdapter())).toBeInstanceOf(ExpressPlatform)
  expect(platformOf(new FastifyAdapter() as unknown as HttpAdapter)).toBeInstanceOf(FastifyPlatform)
})

test('any other is the caller\'s mistake', () => {
  const other = { getType: () => 'koa' } as unknown as HttpAdapter
  expect(() => platformOf(other)).toThrow(UsageError)
  expect(() => platformOf(other)).toThrow(/platform-express and platform-fastify, not on 'koa'/)
})
