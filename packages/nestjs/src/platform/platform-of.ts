// Which platform an application runs on.
import type { HttpServer as HttpAdapter } from '@nestjs/common'
import { UsageError } from '@tocsin/core'
import { ExpressPlatform } from './express.js'
import { FastifyPlatform } from './fastify.js'
import type { Platform } from './platform.js'

/** @throws UsageError for any platform but Express and Fastify */
export function platformOf(http: HttpAdapter): Platform {
  const type = http.getType()
  if (type === 'express') return new ExpressPlatform(http)
  if (type === 'fastify') return new FastifyPlatform(http)
  throw new UsageError('WS_ERR_PLATFORM', `Tocsin runs on platform-express and platform-fastify, not on '${type}'`)
}
