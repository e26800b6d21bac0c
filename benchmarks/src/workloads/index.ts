// The workloads of PERFORMANCE, in the order in which they are shown.
import { BROADCAST_ROWS } from './broadcast.js'
import { CONNECTION_ROWS } from './connections.js'
import { DEFLATE_ROWS } from './deflate.js'
import { ECHO_ROWS } from './echo.js'
import { ROUTE_ROWS } from './routes.js'
import type { Row } from './workload.js'

export const ROWS: readonly Row[] = [...ECHO_ROWS, ...BROADCAST_ROWS, ...DEFLATE_ROWS, ...CONNECTION_ROWS, ...ROUTE_ROWS]

/** Rows of these groups, or whose names contain one of these; all of them without. */
export function selectRows(only: readonly string[] | undefined): readonly Row[] {
  if (only === undefined) return ROWS
  const groups = new Set<string>(ROWS.map(({ group }) => group))
  return ROWS.filter(({ name, group }) => only.some((part) => (groups.has(part) ? group === part : name.includes(part))))
}
