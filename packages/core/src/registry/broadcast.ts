// One message to many. Knows who is to be left out; what is sent, and how, is the caller's.

export interface BroadcastOptions<Member> {
  /** Left out: one, or several. */
  readonly except?: Member | Iterable<Member> | undefined
  /** Called once per receiver; false leaves it out. */
  readonly filter?: ((member: Member) => boolean) | undefined
}

/** Calls `send` for every receiver that is not left out. @returns how many accepted */
export function deliver<Member extends object>(
  receivers: Iterable<Member>,
  send: (member: Member) => boolean,
  options: BroadcastOptions<Member>,
): number {
  const { except, filter } = options
  if (except === undefined && filter === undefined) return deliverToAll(receivers, send)
  const excluded = exclusionOf(except)
  let accepted = 0
  for (const receiver of receivers) {
    if (receiver === except || excluded?.has(receiver) === true) continue
    if (filter !== undefined && !filter(receiver)) continue
    if (send(receiver)) accepted++
  }
  return accepted
}

function deliverToAll<Member>(receivers: Iterable<Member>, send: (member: Member) => boolean): number {
  let accepted = 0
  for (const receiver of receivers) if (send(receiver)) accepted++
  return accepted
}

function exclusionOf<Member extends object>(except: Member | Iterable<Member> | undefined): ReadonlySet<Member> | undefined {
  if (except === undefined || !(Symbol.iterator in except)) return undefined
  return except instanceof Set ? except : new Set(except)
}
