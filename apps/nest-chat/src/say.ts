// What a client may say.

import { z } from 'zod'

const MAX_TEXT = 2000

export const Say = z.object({
  text: z.string('must be a text').max(MAX_TEXT, `must have at most ${MAX_TEXT} characters`).regex(/\S/, 'must not be empty'),
})

export type Say = z.infer<typeof Say>
