// The child's end of child.ts.
import type { Question, Reply } from './child.js'

/** What the parent wants of this process. */
export function taskOf<Task>(): Task {
  return JSON.parse(process.argv[2]!) as Task
}

/** From now on questions are answered; the process ends with its parent. */
export function answerWith(answers: Readonly<Record<string, (input: never) => unknown>>): void {
  process.on('message', ({ id, ask, input }: Question) => {
    void Promise.resolve()
      .then(() => answers[ask]!(input as never))
      .then((answer) => reply({ id, answer }), (error: Error) => reply({ id, failure: error.stack ?? String(error) }))
  })
  process.once('disconnect', () => process.exit(0))
}

/** Something that nobody asked for. */
export function note(value: unknown): void {
  reply({ note: value })
}

function reply(message: Reply): void {
  process.send?.(message)
}
