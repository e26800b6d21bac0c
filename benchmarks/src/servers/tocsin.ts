// Tocsin on a server of Node's own.
import { createServer } from 'node:http'
import { announceServer } from './serve.js'
import { createEndpoint } from './tocsin-endpoint.js'

const server = createServer()
createEndpoint().attach(server)
announceServer(server.listen(0, '127.0.0.1'))
