import { BAD_CLIENTS } from './bad/index.js'
import { BRIEF } from './plan.js'
import { runChaos } from './suite.js'
import { judge } from './verdict.js'
const kinds = BAD_CLIENTS.filter((c) => c.missing?.() === undefined).map((c) => c.name)
const run = await runChaos({ ...BRIEF, kinds, seed: 1 }, { onPhase: (p) => console.log(p), onSecond: (s, a) => console.log(s.time.toFixed(1), s.connections, s.bad, a, s.delivered, (s.rss / 1e6).toFixed(0), s.delayP99.toFixed(1)) })
console.log(run.outcomes, JSON.stringify(run.ledger))
console.log(run.good, run.idle, run.delays)
for (const c of judge(run)) console.log(c.isMet ? 'ok  ' : 'FAIL', c.name, ':', c.found)
