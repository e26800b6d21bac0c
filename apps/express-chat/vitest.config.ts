import { fileURLToPath } from 'node:url'
import { mergeConfig } from 'vitest/config'
import { project } from '../../vitest.shared.js'

const chatPage = (module: string) => fileURLToPath(new URL(`../chat-page/src/${module}/index.ts`, import.meta.url))

/** The page's sources, like every package's: a build of it would bring a second copy of core. */
export default mergeConfig(project('express-chat'), {
  resolve: {
    alias: [
      { find: /^tocsin-chat-page\/testing$/, replacement: chatPage('testing') },
      { find: /^tocsin-chat-page$/, replacement: chatPage('.') },
    ],
  },
})
