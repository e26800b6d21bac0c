// express-ws as its documentation shows it. It brings ws 7, where a message is a string or a Buffer.
import express from 'express'
import expressWs from 'express-ws'
import { announceServer } from './serve.js'

const { app } = expressWs(express())
app.ws('/', (socket) => {
  socket.on('error', console.error)
  socket.on('message', (message) => socket.send(message))
})
announceServer(app.listen(0, '127.0.0.1'))
