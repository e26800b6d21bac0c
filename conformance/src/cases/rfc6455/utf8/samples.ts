// Texts that are UTF-8 and texts that are not, by the categories in which decoders go wrong: those of Markus Kuhn's stress test, and
// what RFC 3629 §3 and §4 exclude. Data only.

/** Name and hex. */
export type ValidSample = readonly [name: string, hex: string]
/** Name and hex; `|` stands before the first byte that no continuation can mend, at the end when the text only stops too early. */
export type InvalidSample = readonly [name: string, marked: string]

const PLAIN: ValidSample[] = [
  ['Greek', 'cebae1bdb9cf83cebcceb5'],
  ['a family of emoji', 'f09f91a8e2808df09f91a9e2808df09f91a7'],
  ['combining marks', '65cc8161cc88cca3'],
  ['byte order mark, U+FEFF', 'efbbbf'],
  ['right to left', 'd7a9d79cd795d79d'],
  ['flags of two characters', 'f09f87a9f09f87aa'],
]

/** The first and the last of each length, and the neighbours of what is excluded. */
const BOUNDARIES: ValidSample[] = [
  ['first of 1 byte, U+0000', '00'],
  ['last of 1 byte, U+007F', '7f'],
  ['first of 2 bytes, U+0080', 'c280'],
  ['last of 2 bytes, U+07FF', 'dfbf'],
  ['first of 3 bytes, U+0800', 'e0a080'],
  ['last of 3 bytes, U+FFFF', 'efbfbf'],
  ['first of 4 bytes, U+10000', 'f0908080'],
  ['last of 4 bytes, U+10FFFF', 'f48fbfbf'],
  ['before the surrogates, U+D7FF', 'ed9fbf'],
  ['behind the surrogates, U+E000', 'ee8080'],
  ['U+0FFF and U+1000', 'e0bfbfe18080'],
  ['U+CFFF and U+D000', 'ecbfbfed8080'],
  ['U+3FFFF and U+40000', 'f0bfbfbff1808080'],
  ['U+FFFFF and U+100000', 'f3bfbfbff4808080'],
  ['replacement character, U+FFFD', 'efbfbd'],
]

/** They are characters as any other here: the last two of each plane, and U+FDD0 to U+FDEF. */
function noncharacters(): ValidSample[] {
  const planes = Array.from({ length: 17 }, (_, plane) => plane * 0x1_0000)
  const inside = Array.from({ length: 32 }, (_, index) => 0xfdd0 + index)
  return [
    ...planes.map((base): ValidSample => [
      `noncharacters ${codePoint(base + 0xfffe)} and ${codePoint(base + 0xffff)}`,
      hexOf([base + 0xfffe, base + 0xffff]),
    ]),
    ['noncharacters U+FDD0 to U+FDEF', hexOf(inside)],
  ]
}

export const VALID: readonly ValidSample[] = [...PLAIN, ...BOUNDARIES, ...noncharacters()]

function codePoint(value: number): string {
  return `U+${value.toString(16).toUpperCase().padStart(4, '0')}`
}

function hexOf(codePoints: readonly number[]): string {
  return Buffer.from(String.fromCodePoint(...codePoints), 'utf8').toString('hex')
}

function bytes(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index).toString(16).padStart(2, '0'))
}

const UNEXPECTED_CONTINUATION: InvalidSample[] = [
  ['stray continuation byte 80', '|80'],
  ['stray continuation byte bf', '|bf'],
  ...[2, 3, 4, 5, 6, 7].map((count): InvalidSample => [`${count} stray continuation bytes`, `|${'80bf80bf80bf80'.slice(0, 2 * count)}`]),
  ['all 64 continuation bytes', `|${bytes(0x80, 0xbf).join('')}`],
  ['continuation byte behind a character', 'c3a9|80'],
  ['continuation byte behind a character of 3 bytes', 'e282ac|bf'],
  ['continuation byte behind a character of 4 bytes', 'f09f9880|80'],
]

/** Each one that may begin a character, and a space behind it. */
const LONELY_START: InvalidSample[] = [
  ...bytes(0xc2, 0xdf),
  ...bytes(0xe0, 0xef),
  ...bytes(0xf0, 0xf4),
].map((lead) => [`lead byte ${lead} and a space`, `${lead}|20`])

const MISSING_CONTINUATION: InvalidSample[] = [
  ['a lead byte behind a lead byte', 'c3|c3a9'],
  ['2 of 3 bytes, then a space', 'e282|20'],
  ['2 of 4 bytes, then a space', 'f09f|20'],
  ['3 of 4 bytes, then a space', 'f09f98|20'],
  ['2 of 3 bytes, then a character', 'e282|c3a9'],
  ['3 of 4 bytes, then a character', 'f09f98|c3a9'],
  ['U+0000 with its last of 2 bytes missing', '|c0'],
  ['U+0000 with its last of 3 bytes missing', 'e0|80'],
  ['U+0000 with its last of 4 bytes missing', 'f0|8080'],
  ['U+07FF with its last byte missing', 'df|'],
  ['U+FFFF with its last byte missing', 'efbf|'],
  ['U+10FFFF with its last byte missing', 'f48fbf|'],
  ['U+1FFFFF with its last byte missing', '|f7bfbf'],
  ['U+3FFFFFF with its last byte missing', '|fbbfbfbf'],
  ['U+7FFFFFFF with its last byte missing', '|fdbfbfbfbf'],
  ['incomplete characters one behind the other', 'df|efbff48fbf'],
  ['incomplete and impossible ones one behind the other', '|c0e080f08080f8808080fc80808080dfefbff7bfbffbbfbfbffdbfbfbfbf'],
  ['the end after 1 of 2 bytes', 'c3|'],
  ['the end after 1 of 3 bytes', 'e2|'],
  ['the end after 2 of 3 bytes', 'e282|'],
  ['the end after 1 of 4 bytes', 'f0|'],
  ['the end after 2 of 4 bytes', 'f09f|'],
  ['the end after 3 of 4 bytes', 'f09f98|'],
]

const IMPOSSIBLE: InvalidSample[] = [
  ...['c0', 'c1', ...bytes(0xf5, 0xff)].map((byte): InvalidSample => [`impossible byte ${byte}`, `|${byte}`]),
  ['impossible bytes fefeffff', '|fefeffff'],
  ['an impossible byte within a character', 'e282|ffac'],
  ['Latin-1', '636166e9|2e'],
  ['UTF-16 with its byte order mark', '|fffe4800'],
]

const OVERLONG: InvalidSample[] = [
  ['overlong / in 2 bytes', '|c0af'],
  ['overlong / in 3 bytes', 'e0|80af'],
  ['overlong / in 4 bytes', 'f0|8080af'],
  ['overlong / in 5 bytes', '|f8808080af'],
  ['overlong / in 6 bytes', '|fc80808080af'],
  ['overlong U+0000 in 2 bytes', '|c080'],
  ['overlong U+0000 in 3 bytes', 'e0|8080'],
  ['overlong U+0000 in 4 bytes', 'f0|808080'],
  ['overlong U+0000 in 5 bytes', '|f880808080'],
  ['overlong U+0000 in 6 bytes', '|fc8080808080'],
  ['last overlong of 2 bytes', '|c1bf'],
  ['last overlong of 3 bytes', 'e0|9fbf'],
  ['last overlong of 4 bytes', 'f0|8fbfbf'],
  ['last overlong of 5 bytes', '|f887bfbfbf'],
  ['last overlong of 6 bytes', '|fc83bfbfbfbf'],
]

const SURROGATES: InvalidSample[] = [
  ...['a080', 'adbf', 'ae80', 'afbf', 'b080', 'be80', 'bfbf'].map((rest): InvalidSample => [`surrogate ed${rest}`, `ed|${rest}`]),
  ...['a080', 'adbf', 'ae80', 'afbf'].flatMap((high) => ['b080', 'bfbf'].map((low): InvalidSample => [
    `surrogates ed${high} ed${low}`,
    `ed|${high}ed${low}`,
  ])),
  ['surrogates the wrong way round', 'ed|b080eda080'],
]

const TOO_LARGE: InvalidSample[] = [
  ['above the last, U+110000', 'f4|908080'],
  ['above the last, U+13FFFF', 'f4|bfbfbf'],
  ['above the last, U+140000', '|f5808080'],
  ['above the last, U+1FFFFF', '|f7bfbfbf'],
  ['5 bytes, U+200000', '|f888808080'],
  ['5 bytes, U+3FFFFFF', '|fbbfbfbfbf'],
  ['6 bytes, U+4000000', '|fc8480808080'],
  ['6 bytes, U+7FFFFFFF', '|fdbfbfbfbfbf'],
]

export const INVALID: readonly InvalidSample[] = [
  ...UNEXPECTED_CONTINUATION, ...LONELY_START, ...MISSING_CONTINUATION, ...IMPOSSIBLE, ...OVERLONG, ...SURROGATES, ...TOO_LARGE,
]
