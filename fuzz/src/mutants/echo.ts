// What conformance talks to: an endpoint that sends back what it gets, on a port of its own, which it prints. Ends with its parent.
import { WebSocketEndpoint } from '@tocsin/core'

const compression = { threshold: 0, serverNoContextTakeover: false, clientNoContextTakeover: false }
const endpoint = new WebSocketEndpoint({ maxMessageSize: 16 * 1024 * 1024, compression })
endpoint.on('message', (connection, message) => { connection.send(message) })
// A mistake may show as an error of the server's own; what conformance sees of it is what counts
endpoint.on('error', () => {})
const { port } = await endpoint.listen(0, '127.0.0.1')
console.log(`ws://127.0.0.1:${port}/`)
process.once('disconnect', () => process.exit())
