import { chatProcess } from 'tocsin-chat-page/testing'

chatProcess(new URL('../dist/main.js', import.meta.url))
