// All kinds of bad clients, in the order of the table.
import { badDeflate, deflateBomb } from './bad-deflate.js'
import type { BadClient } from './bad-client.js'
import { breaksRules, overLong } from './broken-rules.js'
import { comesAndGoes, pingFlood, pingFloodUnread, tinyFragments } from './floods.js'
import { garbageAfter, garbageBefore } from './garbage.js'
import { frozen, unplugged } from './half-open.js'
import { crowdsIn, neverAuthenticates, talksTooFast } from './over-limits.js'
import { resetAnywhere } from './reset-anywhere.js'
import { closeThenSilence, halfClosed, neverReads, readsNoEcho, stalledFrame, trickledMessage, unfinishedMessage } from './slowness.js'
import { saysNothing, stalledHandshake, trickledHandshake, undecided } from './unfinished-handshake.js'

export const BAD_CLIENTS: readonly BadClient[] = [
  resetAnywhere,
  comesAndGoes,
  saysNothing,
  stalledHandshake,
  trickledHandshake,
  undecided,
  crowdsIn,
  neverAuthenticates,
  garbageBefore,
  garbageAfter,
  breaksRules,
  overLong,
  badDeflate,
  deflateBomb,
  pingFlood,
  pingFloodUnread,
  tinyFragments,
  talksTooFast,
  trickledMessage,
  stalledFrame,
  unfinishedMessage,
  neverReads,
  readsNoEcho,
  closeThenSilence,
  halfClosed,
  frozen,
  unplugged,
]
