// The module that makes `Tocsin` injectable and takes the options of all gateways. Only declares.
import { ConfigurableModuleBuilder, type DynamicModule, Global, Module } from '@nestjs/common'
import type { TocsinOptions } from '../gateway/gateway-options.js'
import { TOCSIN_OPTIONS } from './options-token.js'
import { Tocsin } from './tocsin.js'

const { ConfigurableModuleClass, OPTIONS_TYPE } = new ConfigurableModuleBuilder<TocsinOptions>({ optionsInjectionToken: TOCSIN_OPTIONS })
  .setClassMethodName('forRoot')
  .build()

/**
 * Import it once: `TocsinModule.forRoot({ heartbeat: false })`, or `forRootAsync({ inject, useFactory })`. The options hold for every
 * gateway whose decorator does not say otherwise.
 */
@Global()
@Module({ providers: [Tocsin], exports: [Tocsin] })
export class TocsinModule extends ConfigurableModuleClass {
  static override forRoot(options: typeof OPTIONS_TYPE = {}): DynamicModule {
    return super.forRoot(options)
  }
}
