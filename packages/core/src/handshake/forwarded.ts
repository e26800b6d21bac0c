// The field Forwarded (RFC 7239), and the names of nodes in it. PURE: it must not know which proxy is believed.
// Elements are found from the right, where the nearest proxy has written: what a client put in front cannot change how that is read.
import { HeaderScanner } from './header-scanner.js'

/** What one proxy says about the request that it received. */
export interface ForwardedElement {
  /** The node that it came from: see `nodeName`. */
  readonly for?: string | undefined
  readonly proto?: string | undefined
  /** The Host field that it came with. */
  readonly host?: string | undefined
}

/**
 * The elements, the nearest proxy's first; undefined for one that breaks the grammar. Takes linear time, and only reads as far as it is asked:
 * what no trusted proxy vouches for is not looked at.
 */
export function* parseForwarded(value: string): Generator<ForwardedElement | undefined> {
  for (const element of splitFromTheRight(value)) if (element.trim() !== '') yield parseElement(element)
}

/**
 * The name of a node without its port: `192.0.2.1:47011`, `[2001:db8::1]:4711`, `_hidden`, `unknown`; also an IPv6 address without
 * brackets, which X-Forwarded-For has.
 */
export function nodeName(node: string): string {
  if (node.startsWith('[')) return node.slice(1, Math.max(1, node.indexOf(']')))
  const colon = node.indexOf(':')
  return colon >= 0 && colon === node.lastIndexOf(':') ? node.slice(0, colon) : node
}

/** RFC 7239 §6.3: a name that a proxy has made up for a client that it does not want to name. */
export function isObfuscated(name: string): boolean {
  return /^_[\w.-]+$/.test(name)
}

/** At the commas outside of quoted strings. */
function* splitFromTheRight(value: string): Generator<string> {
  let end = value.length
  let isQuoted = false
  for (let at = value.length - 1; at >= 0; at--) {
    const character = value[at]
    if (character === '"' && !(isQuoted && isEscaped(value, at))) isQuoted = !isQuoted
    if (character !== ',' || isQuoted) continue
    yield value.slice(at + 1, end)
    end = at
  }
  yield value.slice(0, end)
}

/** By an odd number of backslashes in front. Each of them is looked at for one quote only. */
function isEscaped(value: string, at: number): boolean {
  let first = at
  while (value[first - 1] === '\\') first--
  return (at - first) % 2 === 1
}

/** RFC 7239 §4: pairs separated by semicolons, none of them twice. */
function parseElement(element: string): ForwardedElement | undefined {
  const scanner = new HeaderScanner(element, 'Forwarded')
  const pairs = new Map<string, string>()
  try {
    while (!scanner.isAtEnd()) {
      if (scanner.accept(';')) continue
      const name = scanner.requireToken().toLowerCase()
      if (!scanner.accept('=') || pairs.has(name)) return undefined
      // Addresses with a port stand there without quotes, too, although the grammar wants them
      pairs.set(name, scanner.accept('"') ? scanner.readQuotedString() : scanner.readUpTo(';'))
      if (!scanner.isAtEnd() && !scanner.isNext(';')) return undefined
    }
  } catch {
    return undefined
  }
  return { for: pairs.get('for'), proto: pairs.get('proto'), host: pairs.get('host') }
}
