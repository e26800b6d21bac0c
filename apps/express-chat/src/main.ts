// The process: PORT, HOST, signals and all.

import { runChat } from 'tocsin-chat-page'
import { startChat } from './server.js'

await runChat(startChat)
