// What the build makes of src/client-door.ts: @tocsin/client as browsers have it, in one file beside the page's own.
export { WebSocketClient } from '@tocsin/client'
