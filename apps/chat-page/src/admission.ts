// Who may come in and what may be announced: the rules of the chat contract for what a request brings. Knows no framework.

const MAX_NAME = 64
const ROOM = /^[A-Za-z0-9_-]{1,64}$/
const CONTROL = /\p{Cc}/u

/** What a connection of the chat knows about its visitor. */
export interface Member {
  readonly name: string
  readonly room: string
}

/** A request that gets a complete HTTP answer: `status`, and `{ "error": message }` as JSON. */
export class ChatRefusal extends Error {
  readonly status: 400 | 401

  constructor(status: 400 | 401, message: string) {
    super(message)
    this.name = 'ChatRefusal'
    this.status = status
  }
}

/**
 * The member that a request for `/rooms/:room?name=` wants to be. Takes the values as the framework parsed them.
 * @throws ChatRefusal 401 without a name, 400 for a bad name or room
 */
export function admit(room: unknown, name: unknown): Member {
  if (typeof name !== 'string' || name.trim() === '') throw new ChatRefusal(401, 'Who are you? Please add your name: ?name=')
  const trimmed = name.trim()
  if ([...trimmed].length > MAX_NAME || CONTROL.test(trimmed)) {
    throw new ChatRefusal(400, `A name has at most ${MAX_NAME} characters, and no control characters.`)
  }
  if (typeof room !== 'string' || !ROOM.test(room)) throw new ChatRefusal(400, 'A room is 1 to 64 letters, digits, - or _.')
  return { name: trimmed, room }
}

/**
 * The text that a request for `/broadcast?message=` announces.
 * @throws ChatRefusal 400 when it is missing, blank or given twice
 */
export function announcementText(message: unknown): string {
  if (typeof message !== 'string' || message.trim() === '') throw new ChatRefusal(400, 'Nothing to announce: please add ?message=')
  return message
}
