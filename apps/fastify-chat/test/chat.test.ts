import { chatContract, chatInBrowser } from 'tocsin-chat-page/testing'
import { startChat } from '../src/server.js'

const start = (port = 0) => startChat({ port, host: '127.0.0.1' })

chatContract({ start })
chatInBrowser({ start })
