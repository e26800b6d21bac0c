// What a page with events and the client imports.
export { WebSocketClient } from '@tocsin/client'
export { defineEvents, typed } from '@tocsin/events'
