import { fileURLToPath } from 'node:url'
import { project } from '../../vitest.shared.js'

const shared = project('chat-page') as { resolve: { alias: { find: RegExp; replacement: string }[] } }

/** The scripts of the page import what the build makes of the client's door; tests take its sources. */
const door = { find: /^\.\/tocsin-client\.js$/, replacement: fileURLToPath(new URL('../../packages/client/src/browser.ts', import.meta.url)) }

export default { ...shared, resolve: { alias: [door, ...shared.resolve.alias] } }
