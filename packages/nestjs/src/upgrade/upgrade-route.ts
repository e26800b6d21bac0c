// The route of a path that upgrades: every gateway on it is asked, then the endpoint takes the request. Knows no platform.
import type { INestApplicationContext } from '@nestjs/common'
import { UsageError } from '@tocsin/core'
import type { FoundGateway } from '../gateway/found-gateway.js'
import type { GatewayGroup } from '../gateway/gateway-group.js'
import type { UpgradeRoute, UpgradeVisit } from '../platform/platform.js'
import { isDecision } from './use-upgrade-guards.js'
import { type UpgradePipeline, upgradePipeline } from './upgrade-pipeline.js'

const REMEDY = 'app.useWebSocketAdapter(new TocsinAdapter(app)) must come before app.init() or app.listen()'

/** @throws UsageError when more than one says what `connection.data` is */
export function upgradeRoute(app: INestApplicationContext, group: GatewayGroup): UpgradeRoute {
  const { gateways, endpoint, path, port } = group
  const deciding = gateways.filter(hasUpgrade)
  if (deciding.length > 1) throw twoDecisions(path, deciding.map(({ type }) => type.name))
  if (deciding.length > 0 && endpoint.hasUpgradeHook) throw twoDecisions(path, [deciding[0]!.type.name, `the endpoint '${endpoint.name}'`])
  const pipelines = gateways.map((gateway) => ({ run: upgradePipeline(app, gateway), decides: deciding.includes(gateway) }))
  return { path, port, handle: (visit) => handle(visit, pipelines, group) }
}

interface Step {
  readonly run: UpgradePipeline
  readonly decides: boolean
}

async function handle(visit: UpgradeVisit, steps: readonly Step[], group: GatewayGroup): Promise<void> {
  const { request, response, next, raw, view } = visit
  let data: unknown
  for (const { run, decides } of steps) {
    const outcome = await run(request, response, next)
    // A guard, an interceptor or the gateway has answered by itself
    if (raw.response.headersSent || raw.response.writableEnded) return
    if (!outcome.isReached) throw notReached(group.path)
    if (decides) data = outcome.data
  }
  const { endpoint } = group
  const options = { view, remedy: REMEDY, ...(visit.respond && { respond: visit.respond }), ...(!endpoint.hasUpgradeHook && { data }) }
  group.admit(raw.request)
  await visit.finish(await endpoint.upgrade(raw.request, raw.response, options))
}

/** Guards alone, by `@UseUpgradeGuards()`, say nothing about the data. */
function hasUpgrade({ type }: FoundGateway): boolean {
  return isDecision(Reflect.get(type.prototype as object, 'handleUpgrade'))
}

/** Never let in: what was to be decided was not. */
function notReached(path: string): UsageError {
  return new UsageError('WS_ERR_NO_DECISION', `an interceptor kept handleUpgrade of ${path} from being called, and answered nothing`)
}

function twoDecisions(path: string, names: readonly string[]): UsageError {
  return new UsageError('WS_ERR_TWO_DECISIONS', `${names.join(' and ')} both decide about upgrades of ${path}: leave that to one of them`)
}
