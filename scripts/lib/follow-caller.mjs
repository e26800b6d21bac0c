// npm starts a script through a shell and passes SIGTERM to that shell only, which dies of it without a word: so we end when our parent is gone.

const interval = 100

/** Sends SIGTERM to this process when the shell that npm started it in has ended. */
export function followCaller() {
  if (process.platform === 'win32' || process.env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    process.kill(process.pid, 'SIGTERM')
  }, interval)
  watch.unref()
}
