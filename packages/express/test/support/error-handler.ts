// Express knows an error handler by its four parameters; this is the one place that has them.
import type { ErrorRequestHandler, NextFunction, Response } from 'express'

export function errorHandler(handle: (error: unknown, response: Response, next: NextFunction) => void): ErrorRequestHandler {
  // oxlint-disable-next-line max-params
  return (error, _request, response, next) => handle(error, response, next)
}
