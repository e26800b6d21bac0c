import { project } from '../../vitest.shared.js'

// One module graph for all files of a worker: half of the time. Tests here share no mutable module state.
export default project('client', { isolate: false })
