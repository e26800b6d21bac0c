// What every chat application shares, whatever its framework: the page, the rules of admission, the chat itself, the process around it.

export { admit, announcementText, ChatRefusal, type Member } from './admission.js'
export { createChat, type Chat } from './chat.js'
export { chatPage, pageHeaders } from './page.js'
export { runChat, type ChatServer } from './run-chat.js'
export { readSettings, type Settings } from './settings.js'
