// The chat's own way to say no over HTTP, before the 101 as well.

import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common'
import type { Response } from 'express'
import { ChatRefusal } from 'tocsin-chat-page'

@Catch(ChatRefusal)
export class RefusalFilter implements ExceptionFilter<ChatRefusal> {
  catch({ status, message }: ChatRefusal, host: ArgumentsHost): void {
    host.switchToHttp().getResponse<Response>().status(status).json({ error: message })
  }
}
