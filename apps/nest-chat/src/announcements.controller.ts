// Ordinary HTTP that speaks to every WebSocket, and counts them.

import { Controller, Get, Query } from '@nestjs/common'
import type { EndpointStats } from '@tocsin/core'
import { Tocsin } from '@tocsin/nestjs'
import { announcementText } from 'tocsin-chat-page'
import { ChatGateway } from './chat.gateway.js'

@Controller()
export class AnnouncementsController {
  constructor(private readonly tocsin: Tocsin) {}

  @Get('broadcast')
  announce(@Query('message') message: unknown): { delivered: number } {
    return { delivered: this.tocsin.broadcast({ event: 'announcement', data: { text: announcementText(message) } }) }
  }

  @Get('stats')
  stats(): EndpointStats {
    return this.tocsin.endpoint(ChatGateway).stats()
  }
}
