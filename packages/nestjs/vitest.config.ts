import { mergeConfig } from 'vitest/config'
import { project } from '../../vitest.shared.js'

/** Nest finds out what to inject from the types that the compiler leaves behind decorators. */
export default mergeConfig(project('nestjs'), { oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } } })
