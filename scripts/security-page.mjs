// `npm run security-page [-- --write]`: docs/security.md, from the rows in scripts/security. Without --write it only checks.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fail, root } from './lib/workspace.mjs'
import { faultsOf, owedIn, renderPage } from './security/page.mjs'

const path = join(root, 'docs/security.md')
const faults = faultsOf(root)
for (const { fault, what } of owedIn()) console.log(`owed: ${fault}: ${what}`)
if (faults.length > 0) fail(faults.join('\n'))
if (process.argv.includes('--write')) writeFileSync(path, renderPage())
else if (!existsSync(path) || readFileSync(path, 'utf8') !== renderPage()) fail('docs/security.md is not current: npm run security-page -- --write')
