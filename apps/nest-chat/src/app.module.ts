// The chat as an ordinary Nest application.

import { Module } from '@nestjs/common'
import { APP_FILTER } from '@nestjs/core'
import { TocsinModule } from '@tocsin/nestjs'
import { AnnouncementsController } from './announcements.controller.js'
import { ChatGateway } from './chat.gateway.js'
import { RefusalFilter } from './refusal.filter.js'

@Module({
  imports: [TocsinModule.forRoot({ deadline: 10_000 })],
  controllers: [AnnouncementsController],
  providers: [ChatGateway, { provide: APP_FILTER, useClass: RefusalFilter }],
})
export class AppModule {}
