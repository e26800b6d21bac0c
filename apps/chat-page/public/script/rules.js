// What a name and a room may be: the page's copy of the server's rules, to tell before asking. The server decides.

export const MAX_NAME = 64

/**
 * @param {{ name: string, room: string }} member
 * @returns {{ field: 'name' | 'room', text: string } | undefined} undefined: nothing wrong
 */
export function problemWith({ name, room }) {
  if (name === '') return { field: 'name', text: 'Please tell your name: the others see it beside what you say.' }
  if ([...name].length > MAX_NAME) return { field: 'name', text: `Please keep your name to ${MAX_NAME} characters.` }
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(room)) {
    return { field: 'room', text: 'A room is 1 to 64 letters, digits, - or _, for example: blue-team.' }
  }
  return undefined
}
