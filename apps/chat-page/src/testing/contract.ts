// The chat contract, over the wire: what every framework's chat application must do alike. Knows no framework.

import { describe } from 'vitest'
import { announcementContract } from './contract-announcement.js'
import { pagesContract } from './contract-pages.js'
import { refusalContract } from './contract-refusal.js'
import { roomContract } from './contract-room.js'
import type { StartChat } from './running-chat.js'

export function chatContract({ start }: { start: StartChat }): void {
  describe('the chat contract', () => {
    describe('pages', () => pagesContract(start))
    describe('refusals', () => refusalContract(start))
    describe('a room', () => roomContract(start))
    describe('announcements', () => announcementContract(start))
  })
}
