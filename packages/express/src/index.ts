// The public door of @tocsin/express.
export { type App, type AttachOptions, attach } from './attach.js'
export { type DataMapper, type UpgradeHandler, upgrade } from './upgrade.js'
