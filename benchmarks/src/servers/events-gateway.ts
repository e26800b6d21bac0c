// A gateway with Nest's own decorators: the same for both adapters.
import { Module } from '@nestjs/common'
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets'

@WebSocketGateway()
class EventsGateway {
  @SubscribeMessage('message')
  echo(@MessageBody() data: string): { event: string; data: string } {
    return { event: 'message', data }
  }
}

@Module({ providers: [EventsGateway] })
export class EventsModule {}
