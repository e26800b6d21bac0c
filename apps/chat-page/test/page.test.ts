import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { chatPage, pageHeaders } from '../src/page.js'

const names = readdirSync(chatPage, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(html|css|js|svg)$/.test(name))
const read = (name: string) => readFileSync(new URL(name, chatPage), 'utf8')

describe('the page', () => {
  it('is a folder with an index.html', () => {
    expect(fileURLToPath(chatPage)).toMatch(/public\/$/)
    expect(names).toContain('index.html')
  })

  it('has a policy that allows nothing inline and nothing from elsewhere', () => {
    expect(pageHeaders['Content-Security-Policy']).toContain("default-src 'none'; script-src 'self'")
    expect(pageHeaders['Content-Security-Policy']).not.toMatch(/unsafe|https?:|\*/)
  })

  it.each(names)('%s keeps to that policy', (name) => {
    const text = read(name)
    expect(text).not.toMatch(/(?:src|href|url|from|import)\s*[=(]?\s*["'(]\s*(?:https?:)?\/\//)
    expect(text).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b/)
    if (name.endsWith('.html')) expect(text).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/)
  })
})
