// What every chat application shares, whatever its framework: the page, the rules of admission and the chat itself.

export { admit, announcementText, ChatRefusal, type Member } from './admission.js'
export { createChat, type Chat } from './chat.js'
export { chatPage, pageHeaders } from './page.js'
