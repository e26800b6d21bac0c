// Bars in groups, lying, readable on light and on dark. Two kinds: from a line in the middle to both sides, for how many times
// better; or from the left, for amounts. Knows numbers and labels, no workloads.
import { niceEnd } from './nice-end.js'
import { STYLE } from './style.js'
import { document, element, text } from './svg.js'

export interface Bar {
  readonly series: string
  readonly value: number
  /** What stands behind the bar. */
  readonly caption: string
}

export interface BarGroup {
  readonly label: string
  readonly bars: readonly Bar[]
}

export interface BarChart {
  readonly title: string
  readonly subtitle: string
  /** `ratio`: logarithmic, from 1 to both sides. */
  readonly scale: 'ratio' | 'amount'
  readonly groups: readonly BarGroup[]
  /** In the order of their colours; the first stands out. */
  readonly series: readonly string[]
}

const WIDTH = 860
const LABELS = 270
const CAPTIONS = 70
const TOP = 92
const BAR = 13
const GAP = 14

export function renderBarChart(chart: BarChart): string {
  const scale = scaleOf(chart)
  const rows: string[] = []
  let y = TOP
  for (const group of chart.groups) {
    rows.push(text(group.label, { x: LABELS - 12, y: y + (group.bars.length * BAR) / 2 + 4, 'text-anchor': 'end' }))
    for (const bar of group.bars) {
      rows.push(renderBar(bar, { y, scale, color: chart.series.indexOf(bar.series) % 8 }))
      y += BAR
    }
    y += GAP
  }
  const children = [...heading(chart), ...grid(scale, y - GAP), ...rows]
  return document({ width: WIDTH, height: y + 6, label: inWords(chart), style: STYLE }, children)
}

function inWords({ title, groups }: BarChart): string {
  const words = groups.map(({ label, bars }) => `${label}: ${bars.map(({ series, caption }) => `${series} ${caption}`).join(', ')}`)
  return [title, ...words].join('. ')
}

interface Scale {
  /** Where a value lies. */
  readonly place: (value: number) => number
  /** Where bars begin. */
  readonly origin: number
  readonly ticks: readonly number[]
  readonly label: (tick: number) => string
}

function scaleOf({ scale, groups }: BarChart): Scale {
  const values = groups.flatMap(({ bars }) => bars.map(({ value }) => value))
  const width = WIDTH - LABELS - CAPTIONS
  if (scale === 'amount') {
    const end = niceEnd(Math.max(...values, 1e-9))
    const place = (value: number): number => LABELS + (value / end) * width
    return { place, origin: LABELS, ticks: [0, end / 4, end / 2, (end * 3) / 4, end], label: (tick) => String(Number(tick.toPrecision(3))) }
  }
  const low = Math.floor(Math.log2(Math.min(...values, 0.8)))
  const high = Math.ceil(Math.log2(Math.max(...values, 2)))
  const place = (value: number): number => LABELS + ((Math.log2(value) - low) / (high - low)) * width
  const ticks = Array.from({ length: high - low + 1 }, (_, i) => 2 ** (low + i))
  return { place, origin: place(1), ticks, label: (tick) => (tick < 1 ? `1/${1 / tick}` : `${tick}×`) }
}

function renderBar({ value, caption, series }: Bar, { y, scale, color }: { y: number; scale: Scale; color: number }): string {
  const end = scale.place(value)
  const [from, to] = end < scale.origin ? [end, scale.origin] : [scale.origin, end]
  const attributes = { class: `s${color}`, x: from, y: y + 1, width: Math.max(to - from, 1), height: BAR - 2, rx: 1.5 }
  const bar = element('rect', attributes, [text(`${series}: ${caption}`, {}, 'title')])
  return bar + text(caption, { x: to + 5, y: y + BAR - 2.5, class: 'quiet small' })
}

function heading({ title, subtitle, series }: BarChart): string[] {
  let x = 12
  const legend = series.flatMap((name, i) => {
    const entry = [element('rect', { class: `s${i % 8}`, x, y: 55, width: 10, height: 10, rx: 2 }), text(name, { x: x + 15, y: 64 })]
    x += 30 + name.length * 6.6
    return entry
  })
  return [text(title, { x: 12, y: 24, class: 'title' }), text(subtitle, { x: 12, y: 43, class: 'quiet' }), ...legend]
}

function grid({ place, origin, ticks, label }: Scale, bottom: number): string[] {
  return ticks.flatMap((tick) => {
    const x = place(tick)
    const line = element('line', { class: x === origin ? 'line' : 'grid', x1: x, y1: TOP - 6, x2: x, y2: bottom })
    return [line, text(label(tick), { x, y: TOP - 10, 'text-anchor': 'middle', class: 'quiet' })]
  })
}
