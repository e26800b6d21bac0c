// The module that makes `Tocsin` injectable and takes the options of all gateways. Only declares.
import { ConfigurableModuleBuilder, Global, Module } from '@nestjs/common'
import type { TocsinOptions } from '../gateway/gateway-options.js'
import { TOCSIN_OPTIONS } from './options-token.js'
import { Tocsin } from './tocsin.js'

const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<TocsinOptions>({ optionsInjectionToken: TOCSIN_OPTIONS })
  .setClassMethodName('forRoot')
  .build()

/**
 * Import it once: `TocsinModule.forRoot({ heartbeat: false })`, or `forRootAsync({ inject, useFactory })`. The options hold for every
 * gateway whose decorator does not say otherwise. Without options, `forRoot({})`.
 */
@Global()
@Module({ providers: [Tocsin], exports: [Tocsin] })
export class TocsinModule extends ConfigurableModuleClass {}
