// The error that a call ends in, of the class that is expected.
import { expect } from 'vitest'
import { HandshakeError, UsageError } from '../../../src/protocol/errors.js'

/** The HandshakeError that `call` ends in; anything else fails the test. */
export function refusalOf(call: () => unknown): HandshakeError {
  const error = thrownBy(call)
  expect(error).toBeInstanceOf(HandshakeError)
  return error as HandshakeError
}

/** The UsageError that `call` ends in; anything else fails the test. */
export function usageErrorOf(call: () => unknown): UsageError {
  const error = thrownBy(call)
  expect(error).toBeInstanceOf(UsageError)
  return error as UsageError
}

function thrownBy(call: () => unknown): unknown {
  try {
    call()
  } catch (error) {
    return error
  }
  return expect.fail('nothing was thrown')
}
