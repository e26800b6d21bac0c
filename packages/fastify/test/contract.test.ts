// The contract of every adapter, with Fastify's own hooks, replies and shutdown.
import { describe, test } from 'vitest'
import { testAdapter } from '@tocsin/testing'
import { start } from './support/contract-adapter.js'

testAdapter({ name: 'Fastify 5', start }, { describe, test })
