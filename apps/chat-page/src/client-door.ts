// What the page takes from @tocsin/client. The build makes public/script/tocsin-client.js of it, by the condition `browser`.

export { WebSocketClient } from '@tocsin/client'
