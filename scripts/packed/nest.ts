import 'reflect-metadata'
import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ConnectedSocket, MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets'
import { Connection } from '@tocsin/core'
import { TocsinAdapter, TocsinModule, Tocsin } from '@tocsin/nestjs'
import { connect } from '@tocsin/testing'

@WebSocketGateway({ path: '/rooms/:room' })
class ChatGateway {
  @SubscribeMessage('say') say(@MessageBody() data: { text: string }, @ConnectedSocket() connection: Connection) {
    return { event: 'said', data: { text: data.text, known: connection.isEstablished } }
  }
}

@Module({ imports: [TocsinModule.forRoot()], providers: [ChatGateway] })
class AppModule {}

async function main(): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: false })
  app.useWebSocketAdapter(new TocsinAdapter(app))
  await app.listen(0, '127.0.0.1')
  const client = await connect(`${(await app.getUrl()).replace('http', 'ws')}/rooms/blue`)
  client.send('{"event":"say","data":{"text":"hi"}}')
  const message = await client.next()
  const delivered = app.get(Tocsin).endpoint(ChatGateway).broadcast('hello')
  await app.close()
  console.log(delivered === 1 && message === '{"event":"said","data":{"text":"hi","known":true}}' ? 'ok' : `not ok: ${delivered} ${String(message)}`)
}

void main()
