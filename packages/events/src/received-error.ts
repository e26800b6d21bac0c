// What another peer's `error` says. It comes from outside: whatever does not have the expected shape is left out.
import type { ErrorData, ErrorIssue } from './errors.js'

export function receivedErrorData(value: unknown): ErrorData {
  const { message, code, data, issues } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  return {
    message: typeof message === 'string' ? message : 'the peer answered with an error',
    code: typeof code === 'string' ? code : undefined,
    data,
    issues: Array.isArray(issues) ? issues.filter(isIssue) : undefined,
  }
}

function isIssue(value: unknown): value is ErrorIssue {
  if (typeof value !== 'object' || value === null) return false
  const { path, message } = value as Record<string, unknown>
  return typeof message === 'string' && Array.isArray(path) && path.every((key) => typeof key === 'string' || typeof key === 'number')
}
