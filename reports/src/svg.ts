// Writes SVG: elements, attributes, text. Knows no charts.

type Attributes = Readonly<Record<string, string | number>>

/** @param children markup, as these functions make it */
export function element(name: string, attributes: Attributes, children: readonly string[] = []): string {
  const valueOf = (value: string | number): string => (typeof value === 'number' ? rounded(value) : escaped(value))
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${valueOf(value)}"`)
  const start = `<${name}${written.join('')}`
  return children.length === 0 ? `${start}/>` : `${start}>${children.join('')}</${name}>`
}

/** An element with words in it. */
export function text(content: string, attributes: Attributes, name = 'text'): string {
  return element(name, attributes, [escaped(content)])
}

export interface Document {
  readonly width: number
  readonly height: number
  /** Read aloud instead of the picture. */
  readonly label: string
  readonly style: string
}

export function document({ width, height, label, style }: Document, children: readonly string[]): string {
  const size = { viewBox: `0 0 ${width} ${height}`, width, height }
  const attributes = { xmlns: 'http://www.w3.org/2000/svg', ...size, role: 'img', 'aria-label': label }
  return `${element('svg', attributes, [element('style', {}, [escaped(style)]), ...children.map((child) => `\n${child}`), '\n'])}\n`
}

/** A tenth of a pixel is enough. */
function rounded(value: number): string {
  return String(Math.round(value * 10) / 10)
}

function escaped(content: string): string {
  return content.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
