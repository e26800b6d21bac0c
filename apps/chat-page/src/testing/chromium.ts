// Finds and starts the Chromium of the machine. Downloads nothing: without one on PATH there is none.

import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium, type Browser } from 'playwright-core'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync']

/** The path of a Chromium, undefined when the machine has none. */
export const chromiumPath: string | undefined = (process.env['PATH'] ?? '').split(delimiter)
  .flatMap((folder) => NAMES.map((name) => join(folder, name)))
  .find(isExecutable)

export function launchChromium(): Promise<Browser> {
  if (!chromiumPath) throw new Error('There is no chromium on PATH')
  return chromium.launch({ executablePath: chromiumPath, args: FLAGS })
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
