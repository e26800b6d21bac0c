// The public door of @tocsin/core. What stands here is the API; the rest is free to change.
export type { CompressionOptions } from './compression/options.js'
export { deflatePayload, inflatePayload } from './compression/payload.js'
export { ZlibPool, type ZlibPoolOptions } from './compression/zlib-pool.js'
export { type Clock, systemClock } from './connection/clock.js'
export { Connection } from './connection/connection.js'
export type { ConnectionInfo } from './connection/connection-info.js'
export type { CloseEvent, Initiator } from './connection/life.js'
export type { RateLimit } from './connection/rate-limit.js'
export type { SendLimitOptions, SlowConsumerPolicy } from './connection/send-limits.js'
export type { SendOptions, StreamOptions, StreamSource } from './connection/sender.js'
export type { MessageInterceptor } from './connection/settings.js'
export type {
  DiagnosticMessages,
  DrainDiagnostic,
  ErrorDiagnostic,
  FailedDiagnostic,
  LimitDiagnostic,
  ObservedConnection,
  RefusedDiagnostic,
  SlowConsumerDiagnostic,
} from './diagnostics.js'
export type { RequestHandler } from './dispatcher/framework-attempt.js'
export type { PendingUpgrade } from './dispatcher/pending-upgrade.js'
export { isUpgradePending, leaveToOthers } from './dispatcher/routed-upgrade.js'
export type { ServerCounts } from './dispatcher/admission.js'
export type { ServerLimits } from './dispatcher/server-limits.js'
export { limitServer, type UpgradeDispatcher, upgradeDispatcher } from './dispatcher/upgrade-dispatcher.js'
export type { UpgradeServer } from './dispatcher/upgrade-server.js'
export type { Respond, WholeResponse } from './endpoint/answer.js'
export { type CloseOptions, type ResolvedCloseOptions, resolveCloseOptions } from './endpoint/close-options.js'
export { type Hooked, WebSocketEndpoint } from './endpoint/constructor.js'
export { type AcceptOptions, Decision, type OwnResponse, type RejectOptions } from './endpoint/decision.js'
export { type DispatchUpgradesOptions, type Dispatching, dispatchUpgrades } from './endpoint/dispatch-upgrades.js'
export type { AttachOptions, ListenOptions, PushOptions } from './endpoint/endpoint.js'
export type { EndpointEvent, EndpointEvents, Refusal } from './endpoint/events.js'
export { Handshake } from './endpoint/handshake.js'
export type { MessageOptions } from './endpoint/message-options.js'
export type { EndpointOptions } from './endpoint/options.js'
export type { FrameworkView } from './endpoint/framework-view.js'
export type { EndpointStats } from './endpoint/stats.js'
export { Topic } from './endpoint/topic.js'
export type { UpgradeOptions } from './endpoint/upgrade-options.js'
export type { OriginOption, RequestView } from './handshake/origin.js'
export { isWebSocketUpgrade } from './handshake/request.js'
export type { ResponseBody } from './handshake/response-body.js'
export type { ResponseHeaders } from './handshake/response.js'
export { type SubprotocolOption, offeredSubprotocols } from './handshake/subprotocol.js'
export {
  CloseCode,
  CloseFrame,
  Frame,
  type FrameInit,
  HandshakeError,
  type HeaderRecord,
  type MessageKind,
  Opcode,
  type PackOptions,
  type Payload,
  ProtocolError,
  type UnpackedFrame,
  UsageError,
  WebSocketError,
  pack,
  unpack,
} from './protocol/index.js'
export type { Connections } from './registry/connections.js'
export { Runtime, type RuntimeOptions, processRuntime } from './runtime.js'
