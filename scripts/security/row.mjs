// What a row of docs/security.md is made of. Knows no files.

/**
 * @typedef {{ file: string, titles: string[] }} Tests Titles as they stand in the file, `%s` and `${...}` included.
 * @typedef {{ fault: string, required: string, tests: Tests[], everyAdapter?: Tests[], chaos?: string[], owed?: Owed[] }} Row
 * @typedef {{ what: string, until: string }} Owed What no test tries yet; it will be in the file `until`, and has to be named here then.
 */

const tests = (folder) => (file, ...titles) => ({ file: `packages/${folder}/${file}.test.ts`, titles })

export const core = tests('core/test')
/** test/security of core: one file for each part of this page. */
export const security = (file, ...titles) => core(`security/${file}`, ...titles)
export const client = tests('client/test')
export const express = tests('express/test')
export const fastify = tests('fastify/test')
export const nestjs = tests('nestjs/test')
/** The contract suite, which every adapter passes. */
export const contract = (theme, ...titles) => ({ file: `packages/testing/src/test-adapter/themes/${theme}.ts`, titles })
