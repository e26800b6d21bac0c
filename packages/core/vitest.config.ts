import { project } from '../../vitest.shared.js'

// One module graph for all files of a worker: a third of the time. Tests here share no mutable module state.
export default project('core', { isolate: false })
