// Asks a room over plain HTTP why its WebSocket would not open: the same route answers both, so it gives the same refusal.

const UPGRADE_REQUIRED = 426
const PROXY_HINT = 'The server answers, but the WebSocket does not open. Does a proxy on the way pass upgrades and the Host header on?'

/**
 * @param {URL} url
 * @returns {Promise<import('./chat-socket.js').Probe>}
 */
export async function probeRoom(url) {
  try {
    const response = await fetch(url, { cache: 'no-store' })
    if ([400, 401, 403].includes(response.status)) return { refusal: await refusalOf(response) }
    return response.status === UPGRADE_REQUIRED ? { hint: PROXY_HINT } : {}
  } catch {
    return { hint: 'The server does not answer.' }
  }
}

/** @param {Response} response */
export async function refusalOf(response) {
  const fallback = `The server refused: ${response.status} ${response.statusText}`
  if (!response.headers.get('content-type')?.includes('json')) return fallback
  const body = await response.json()
  return typeof body?.error === 'string' ? body.error : fallback
}
