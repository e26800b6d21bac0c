// The public door of @tocsin/fastify.
export { type Draining, type WebSocketPluginOptions, websocket } from './plugin.js'
export type { AnyEndpoint, DataOf, UpgradeData } from './upgrade.js'
