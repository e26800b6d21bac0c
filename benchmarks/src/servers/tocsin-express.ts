// Tocsin behind a route of Express.
import { attach, upgrade } from '@tocsin/express'
import express from 'express'
import { announceServer } from './serve.js'
import { createEndpoint } from './tocsin-endpoint.js'

const app = express()
app.get('/', upgrade(createEndpoint()))
const server = app.listen(0, '127.0.0.1')
attach(server, app)
announceServer(server)
