import { mergeConfig } from 'vitest/config'
import { project } from '../vitest.shared.js'

/** READMEs hold programs with decorators. */
export default mergeConfig(project('scripts'), { oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } } })
