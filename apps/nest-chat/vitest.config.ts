import { mergeConfig } from 'vitest/config'
import { project } from '../../vitest.shared.js'

export default mergeConfig(project('nest-chat'), { oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } } })
