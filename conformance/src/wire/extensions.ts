// Sec-WebSocket-Extensions: its grammar (RFC 6455 §9.1), and whether an answer fits an offer of permessage-deflate (RFC 7692 §5.1, §7.1).
// Knows no socket.

export interface Extension {
  readonly name: string
  /** A parameter without a value is undefined. */
  readonly parameters: readonly (readonly [name: string, value: string | undefined])[]
}

/** The parameters of one offer or answer; false and undefined where they are absent. */
export interface DeflateParameters {
  readonly serverNoContextTakeover: boolean
  readonly clientNoContextTakeover: boolean
  readonly serverMaxWindowBits: number | undefined
  /** True: named without a value. */
  readonly clientMaxWindowBits: number | true | undefined
}

/** What holds for a connection. */
export interface Agreement {
  readonly serverNoContextTakeover: boolean
  readonly clientNoContextTakeover: boolean
  readonly serverMaxWindowBits: number
  readonly clientMaxWindowBits: number
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
/** What it holds is a token, once the escapes are taken away (RFC 6455 §9.1). */
const QUOTED = `"(?:\\\\?${TOKEN})+"`
const ELEMENT = new RegExp(`^(${TOKEN})((?:[ \\t]*;[ \\t]*${TOKEN}(?:=(?:${TOKEN}|${QUOTED}))?)*)$`)

/** Undefined for what is not the grammar of RFC 6455 §9.1. Commas within quotes are none of ours: a value is a token. */
export function parseExtensions(value: string): Extension[] | undefined {
  const elements = value.split(',').map((each) => parseExtension(each.trim()))
  return elements.includes(undefined) ? undefined : (elements as Extension[])
}

function parseExtension(text: string): Extension | undefined {
  const [, name, rest = ''] = ELEMENT.exec(text) ?? []
  if (name === undefined) return undefined
  const parameters = rest.split(';').slice(1).map((each): [string, string | undefined] => {
    const [parameter = '', ...value] = each.trim().split('=')
    return [parameter, value.length === 0 ? undefined : unquoted(value.join('='))]
  })
  return { name, parameters }
}

function unquoted(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value
}

/** RFC 7692 §7, §7.1: undefined for an unknown parameter, one that comes twice, and a value that is not allowed there. */
export function readParameters({ parameters }: Extension, isOffer: boolean): DeflateParameters | undefined {
  const given = new Map(parameters)
  const isLegal = given.size === parameters.length && parameters.every(([name, value]) => isAllowed(name, value, isOffer))
  if (!isLegal) return undefined
  const bits = (name: string): number | true | undefined => (given.has(name) ? Number(given.get(name) ?? Number.NaN) || true : undefined)
  return {
    serverNoContextTakeover: given.has('server_no_context_takeover'),
    clientNoContextTakeover: given.has('client_no_context_takeover'),
    serverMaxWindowBits: bits('server_max_window_bits') as number | undefined,
    clientMaxWindowBits: bits('client_max_window_bits'),
  }
}

function isAllowed(name: string, value: string | undefined, isOffer: boolean): boolean {
  if (name === 'server_no_context_takeover' || name === 'client_no_context_takeover') return value === undefined
  // §7.1.2.1: a decimal integer without leading zeroes between 8 and 15; §7.1.2.2: in an offer it may stand without one
  if (name === 'client_max_window_bits' && value === undefined) return isOffer
  return (name === 'server_max_window_bits' || name === 'client_max_window_bits') && /^([89]|1[0-5])$/.test(value ?? '')
}

/** The agreement, undefined when the server declines, or what is wrong with the answer. */
export type Judgement = { readonly agreement: Agreement | undefined } | { readonly fault: string }

export function judge(offer: string | undefined, answer: string | undefined): Judgement {
  if (answer === undefined) return { agreement: undefined }
  const [extension, ...others] = parseExtensions(answer) ?? []
  if (extension === undefined) return { fault: `RFC 6455 §9.1: the answer "${answer}" is not a list of extensions` }
  const offers = (parseExtensions(offer ?? '') ?? []).filter(({ name }) => name === 'permessage-deflate')
  if (extension.name !== 'permessage-deflate' || others.length > 0) return { fault: `RFC 6455 §9.1: "${answer}" was not offered` }
  const given = readParameters(extension, false)
  if (given === undefined) return { fault: `RFC 7692 §7.1: the answer "${answer}" has an illegal parameter` }
  const legal = offers.map((each) => readParameters(each, true)).filter((each) => each !== undefined)
  if (legal.length === 0) return { fault: 'RFC 7692 §7: an offer was accepted that has to be declined' }
  const faults = legal.map((each) => misfit(each, given))
  const fitting = legal[faults.indexOf(undefined)]
  return fitting === undefined ? { fault: `${faults[0]!}, but the answer is "${answer}"` } : { agreement: agree(fitting, given) }
}

function misfit(offer: DeflateParameters, answer: DeflateParameters): string | undefined {
  const [offered, given] = [offer.serverMaxWindowBits, answer.serverMaxWindowBits]
  if (offer.serverNoContextTakeover && !answer.serverNoContextTakeover) return 'RFC 7692 §7.1.1.1: server_no_context_takeover was offered'
  const isTooWide = offered !== undefined && (given === undefined || given > offered)
  if (isTooWide) return `RFC 7692 §7.1.2.1: server_max_window_bits=${offered} was offered`
  if (answer.clientMaxWindowBits === undefined) return undefined
  if (offer.clientMaxWindowBits === undefined) return 'RFC 7692 §7.1.2.2: client_max_window_bits was not offered'
  const isTooLarge = offer.clientMaxWindowBits !== true && Number(answer.clientMaxWindowBits) > offer.clientMaxWindowBits
  return isTooLarge ? `RFC 7692 §7.1.2.2: client_max_window_bits=${offer.clientMaxWindowBits} was offered` : undefined
}

/** What the client has announced binds it also where the server does not repeat it (RFC 7692 §7.1.1.2, §7.1.2.2). */
function agree(offer: DeflateParameters, answer: DeflateParameters): Agreement {
  const clientBits = [offer.clientMaxWindowBits, answer.clientMaxWindowBits].filter((bits) => typeof bits === 'number')
  return {
    serverNoContextTakeover: answer.serverNoContextTakeover,
    clientNoContextTakeover: offer.clientNoContextTakeover || answer.clientNoContextTakeover,
    serverMaxWindowBits: answer.serverMaxWindowBits ?? 15,
    clientMaxWindowBits: Math.min(15, ...clientBits),
  }
}
