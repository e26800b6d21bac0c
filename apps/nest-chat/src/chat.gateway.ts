// The rooms: who comes in, what is said, who leaves. A room is a topic.

import { Param, Query, StandardSchemaValidationPipe, UsePipes } from '@nestjs/common'
import {
  ConnectedSocket, MessageBody, type OnGatewayConnection, type OnGatewayDisconnect, SubscribeMessage, WebSocketGateway, WebSocketServer,
} from '@nestjs/websockets'
import { Connection } from '@tocsin/core'
import { GatewayEndpoint, type GatewayOptions, type OnGatewayUpgrade } from '@tocsin/nestjs'
import { admit, type Member } from 'tocsin-chat-page'
import { Say } from './say.js'

@WebSocketGateway<GatewayOptions>({
  path: '/rooms/:room',
  describeError: ({ message }) => ({ event: 'error', data: { message } }),
})
export class ChatGateway implements OnGatewayUpgrade<string, Member>, OnGatewayConnection, OnGatewayDisconnect {
  @WebSocketServer() readonly server!: GatewayEndpoint<Member>

  /** Before the 101: who has no name, or asks for an impossible room, gets an ordinary HTTP answer. */
  handleUpgrade(@Param('room') room: string, @Query('name') name: unknown): Member {
    return admit(room, name)
  }

  handleConnection(connection: Connection<Member>): void {
    const { name, room } = connection.data
    connection.subscribe(topicOf(room))
    this.server.send(connection, { event: 'welcome', data: { id: connection.id, room, online: this.online(room) } })
    this.server.publish(topicOf(room), { event: 'joined', data: { name, online: this.online(room) } }, { except: connection })
  }

  @UsePipes(new StandardSchemaValidationPipe())
  @SubscribeMessage('say')
  say(@MessageBody({ schema: Say }) { text }: Say, @ConnectedSocket() connection: Connection<Member>): void {
    const { name, room } = connection.data
    this.server.publish(topicOf(room), { event: 'said', data: { from: name, text } })
  }

  handleDisconnect(connection: Connection<Member>): void {
    const { name, room } = connection.data
    this.server.publish(topicOf(room), { event: 'left', data: { name, online: this.online(room) } })
  }

  private online(room: string): string[] {
    return Array.from(this.server.topic(topicOf(room)), ({ data }) => data.name)
  }
}

function topicOf(room: string): string {
  return `room:${room}`
}
