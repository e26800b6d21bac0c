#!/usr/bin/env node
// `npx @tocsin/client <url>`: the process around a session.
import { readFileSync } from 'node:fs'
import { UsageError } from '../index.js'
import { readArguments } from './arguments.js'
import { runSession } from './session.js'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
const args = readArguments(process.argv.slice(2), version)
const { stdin: input, stdout: output } = process

if ('text' in args) {
  const stream = args.exitCode === 0 ? output : process.stderr
  stream.write(args.text)
  process.exitCode = args.exitCode
} else {
  try {
    const interrupt = new AbortController()
    // The second one ends the process.
    process.once('SIGINT', () => interrupt.abort())
    const hasColors = output.isTTY && !process.env['NO_COLOR']
    process.exitCode = await runSession(args, { input, output, hasColors, interrupt: interrupt.signal })
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 2
  }
  input.destroy()
}
