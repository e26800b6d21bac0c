// `npm run check:packed`: what a user gets. Packs every package, installs the tarballs with npm into fresh applications outside of the workspace, and there
// type-checks a program with `strict` and runs it, compiled once as ESM and once as CommonJS (`require`).
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBuilt, ensureInstalled, environment, fail, root } from './lib/workspace.mjs'

const work = mkdtempSync(join(tmpdir(), 'tocsin-packed-'))
process.on('exit', () => rmSync(work, { recursive: true, force: true }))

const versionsOf = (member) => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'packages', member, 'package.json'), 'utf8'))
  return { ...dependencies, ...devDependencies }
}
const pick = (member, names) => Object.fromEntries(names.map((name) => [name, versionsOf(member)[name]]))
const { typescript } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies

const applications = {
  client: { packages: ['core', 'testing', 'client'], dependencies: {}, program: '@tocsin/client' },
  express: { packages: ['core', 'events', 'testing', 'express'], dependencies: pick('express', ['express', '@types/express']) },
  fastify: { packages: ['core', 'testing', 'fastify'], dependencies: pick('fastify', ['fastify']) },
  nest: {
    packages: ['core', 'testing', 'nestjs'],
    dependencies: pick('nestjs', ['@nestjs/common', '@nestjs/core', '@nestjs/platform-express', '@nestjs/websockets', 'reflect-metadata', 'rxjs']),
  },
}

ensureInstalled()
ensureBuilt()
const tarballs = Object.fromEntries([...new Set(Object.values(applications).flatMap(({ packages }) => packages))].map((name) => [name, pack(name)]))
let failed = 0
for (const [name, application] of Object.entries(applications)) {
  try {
    check(name, application)
  } catch (error) {
    failed++
    console.error(`${name}: ${error.message}`)
  }
}
if (failed > 0) fail(`${failed} of ${Object.keys(applications).length} applications failed`)

function pack(name) {
  const target = join(work, 'tarballs', name)
  mkdirSync(target, { recursive: true })
  run('pnpm', ['pack', '--pack-destination', target], join(root, 'packages', name))
  return join(target, readdirSync(target)[0])
}

function check(name, { packages, dependencies, program }) {
  const folder = join(work, name)
  mkdirSync(folder)
  const installed = Object.fromEntries(packages.map((member) => [`@tocsin/${member}`, `file:${tarballs[member]}`]))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: { ...dependencies, ...installed }, devDependencies: { typescript, '@types/node': '^20' } }))
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], folder)
  for (const type of ['module', 'commonjs']) checkAs(type, name, folder)
  if (program !== undefined) checkProgram(program, folder)
}

/** What the README says: `npx` finds it by the package's name. */
function checkProgram(program, folder) {
  const output = run('npx', ['--no', '--', program, '--help'], folder)
  if (!output.startsWith('Usage: ')) throw new Error(`npx ${program} --help: ${output}`)
  console.log(`npx ${program}: ok`)
}

function checkAs(type, name, folder) {
  const source = join(folder, type)
  mkdirSync(source)
  writeFileSync(join(source, 'package.json'), JSON.stringify({ type }))
  cpSync(join(root, 'scripts/packed', `${name}.ts`), join(source, 'app.ts'))
  const compilerOptions = {
    module: 'nodenext', target: 'es2023', strict: true, exactOptionalPropertyTypes: true, esModuleInterop: true,
    experimentalDecorators: true, emitDecoratorMetadata: true, types: ['node'], outDir: 'dist', rootDir: '.', lib: ['es2023', 'esnext.disposable'], skipLibCheck: true,
  }
  writeFileSync(join(source, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.ts'] }))
  run(join(folder, 'node_modules/.bin/tsc'), ['-p', '.'], source)
  const output = run(process.execPath, ['dist/app.js'], source)
  if (!output.endsWith('ok\n')) throw new Error(`${type}: ${output}`)
  console.log(`${name}, ${type === 'module' ? 'import' : 'require'}: ok`)
}

function run(command, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env: environment, encoding: 'utf8', timeout: 120_000 })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${error?.message ?? ''}${stdout}${stderr}`)
  return stdout
}
