// From rows to docs/security.md, and what is wrong with the rows: a test that is not there any more, an adapter outside of the contract, a
// row that waits for tests which are there now. Reads the sources of tests; runs none.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { application } from './app.mjs'
import { framesAndMessages } from './frames.mjs'
import { handshake } from './handshake.mjs'

const ADAPTERS = ['express', 'fastify', 'nestjs']

export const SECTIONS = [
  { title: 'The opening handshake', rows: handshake },
  { title: 'Frames and messages', rows: framesAndMessages },
  { title: 'The application', rows: application },
]

/** @returns {string[]} what has to be put right; empty when all is well */
export function faultsOf(root, sections = SECTIONS) {
  const titles = new TitleReader(root)
  const rows = sections.flatMap((section) => section.rows)
  return [
    ...rows.flatMap(({ fault, tests, everyAdapter = [] }) => [...tests, ...everyAdapter].flatMap((each) => titles.missing(each).map((what) => `${fault}: ${what}`))),
    ...rows.flatMap(({ fault, chaos = [] }) => chaos.filter((name) => !titles.hasBadClient(name)).map((name) => `${fault}: no bad client ${name} in chaos/src/bad`)),
    ...rows.filter(({ tests, owed = [] }) => tests.length === 0 && owed.length === 0).map(({ fault }) => `${fault}: no test`),
    ...owedIn(rows).filter(({ until }) => existsSync(join(root, until))).map(({ fault, what, until }) => `${fault}: ${what} was owed, and ${until} is there now: name its tests in scripts/security, and take it off \`owed\``),
    ...ADAPTERS.filter((name) => !titles.passesContract(name)).map((name) => `packages/${name} does not run testAdapter()`),
  ]
}

/** What no test tries yet. */
export function owedIn(rows = SECTIONS.flatMap((section) => section.rows)) {
  return rows.flatMap(({ fault, owed = [] }) => owed.map((each) => ({ fault, ...each })))
}

class TitleReader {
  #root
  #known = new Map()

  constructor(root) {
    this.#root = root
  }

  missing({ file, titles }) {
    if (!existsSync(join(this.#root, file))) return [`${file} is not there`]
    return titles.filter((title) => !this.#titlesIn(file).has(title)).map((title) => `${file} has no test called "${title}"`)
  }

  hasBadClient(name) {
    return this.#filesIn('chaos/src/bad').some((file) => this.#textOf(file).includes(`name: '${name}'`))
  }

  passesContract(adapter) {
    return this.#filesIn(`packages/${adapter}/test`).some((file) => /^\s*testAdapter\(/m.test(this.#textOf(file)))
  }

  #filesIn(folder) {
    return readdirSync(join(this.#root, folder), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts')).map((name) => `${folder}/${name}`)
  }

  #titlesIn(file) {
    const known = this.#known.get(file)
    if (known !== undefined) return known
    const titles = titlesIn(this.#textOf(file))
    this.#known.set(file, titles)
    return titles
  }

  #textOf(file) {
    return readFileSync(join(this.#root, file), 'utf8')
  }
}

/** Strings where titles stand: first in a call, or after `title:`. */
export function titlesIn(source) {
  const literals = source.matchAll(/(?:\(|\btitle:)\s*(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`)\s*,/g)
  return new Set([...literals].map(([, single, double, template]) => (single ?? double ?? template).replace(/\\(['"`\\])/g, '$1')))
}

export function renderPage(sections = SECTIONS) {
  return `${[
    '# Security',
    'Written by `npm run security-page -- --write`; `npm test` fails when it is not current, or when a test that it names is gone.',
    'Each row is a flaw that has been found in WebSocket software, what Tocsin owes instead, and the tests that try it. "Every adapter" is the contract suite'
      + ' that [Express](../packages/express), [Fastify](../packages/fastify) and [NestJS](../packages/nestjs) pass. "Chaos" are bad clients that come by the hundred'
      + ' while good ones count their messages: [docs/chaos](chaos/README.md). Beside these, [conformance](conformance.md) has every rule of the RFCs, and'
      + ' [fuzz](../fuzz) holds random input against oracles.',
    ...sections.flatMap(({ title, rows }) => [`## ${title}`, ['| attack or fault | what is owed | tried by |', '|---|---|---|', ...rows.map(renderRow)].join('\n')]),
    '## The backplane',
    'There is none yet: its rows come with it.',
  ].join('\n\n')}\n`
}

function renderRow({ fault, required, tests, everyAdapter = [], chaos = [], owed = [] }) {
  const parts = [
    ...tests.map(renderTests),
    ...everyAdapter.map((each) => `every adapter: ${renderTests(each)}`),
    ...(chaos.length > 0 ? [`chaos: ${chaos.map((name) => `\`${name}\``).join(', ')}`] : []),
    ...owed.map(({ what }) => `**owed**: ${what}`),
  ]
  return `| ${cell(fault)} | ${cell(required)} | ${parts.join('<br>')} |`
}

function renderTests({ file, titles }) {
  const name = file.replace(/^packages\//, '').replace(/\/(test|src)\//, '/').replace(/(\.test)?\.ts$/, '')
  return `[${name}](../${file}): ${titles.map((title) => `“${cell(title.replace(/\$\{[^}]*\}|%[a-z#]/g, '…'))}”`).join(', ')}`
}

function cell(text) {
  return text.replaceAll('|', '\\|')
}
