// Panels one below the other over the same time, readable on light and on dark. Knows numbers and labels, no measurements.
import { niceEnd } from './nice-end.js'
import { STYLE } from './style.js'
import { document, element, text } from './svg.js'

export interface Series {
  readonly name: string
  /** One for each moment; NaN where there is none. */
  readonly values: readonly number[]
}

export interface Panel {
  readonly title: string
  readonly unit: string
  /** Three at most; the first stands out. */
  readonly series: readonly Series[]
}

export interface LineChart {
  readonly title: string
  readonly subtitle: string
  /** In seconds, rising. */
  readonly moments: readonly number[]
  readonly panels: readonly Panel[]
  /** Vertical lines: what happened when, in seconds. */
  readonly marks: readonly { readonly at: number; readonly label: string }[]
}

const WIDTH = 860
const LEFT = 62
/** The longest label of a mark, about. */
const MARK_ROOM = 60
const RIGHT = 18
const TOP = 78
const HEIGHT = 120
const STEP = HEIGHT + 58

/** Where a value lies, in pixels. */
type Place = (value: number) => number

export function renderLineChart(chart: LineChart): string {
  const end = Math.max(...chart.moments, 1)
  const x: Place = (seconds) => LEFT + (seconds / end) * (WIDTH - LEFT - RIGHT)
  const panels = chart.panels.flatMap((panel, i) => renderPanel(panel, { chart, x, top: TOP + i * STEP }))
  const bottom = TOP + (chart.panels.length - 1) * STEP + HEIGHT
  const children = [
    text(chart.title, { x: 12, y: 24, class: 'title' }),
    text(chart.subtitle, { x: 12, y: 43, class: 'quiet' }),
    ...panels,
    ...ticksOf(end).map((tick) => text(`${tick} s`, { x: x(tick), y: bottom + 17, 'text-anchor': 'middle', class: 'quiet' })),
    // In turns, so that two that are close do not cover each other
    ...chart.marks.map((mark, i) => text(mark.label, { ...besideMark(x(mark.at)), y: TOP + 11 + (i % 3) * 12, class: 'quiet small' })),
  ]
  return document({ width: WIDTH, height: bottom + 28, label: inWords(chart), style: STYLE }, children)
}

/** To the right of it, or where that would leave the picture, to the left. */
function besideMark(at: number): { readonly x: number; readonly 'text-anchor': string } {
  return at > WIDTH - RIGHT - MARK_ROOM ? { x: at - 4, 'text-anchor': 'end' } : { x: at + 4, 'text-anchor': 'start' }
}

function inWords({ title, panels }: LineChart): string {
  const words = panels.flatMap(({ series, unit }) => series.map(({ name, values }) => `${name}: up to ${label(highest(values))} ${unit}`))
  return [title, ...words].join('. ')
}

function renderPanel({ title, unit, series }: Panel, { chart, x, top }: { chart: LineChart; x: Place; top: number }): string[] {
  const end = niceEnd(Math.max(...series.map(({ values }) => highest(values)), 1e-9))
  const y: Place = (value) => top + HEIGHT - (value / end) * HEIGHT
  const grid = [0, end / 2, end].flatMap((tick) => [
    element('line', { class: tick === 0 ? 'line' : 'grid', x1: LEFT, y1: y(tick), x2: WIDTH - RIGHT, y2: y(tick) }),
    text(label(tick), { x: LEFT - 7, y: y(tick) + 4, 'text-anchor': 'end', class: 'quiet' }),
  ])
  const marks = chart.marks.map(({ at }) => element('line', { class: 'grid', x1: x(at), y1: top, x2: x(at), y2: top + HEIGHT }))
  const lines = series.map(({ values }, i) => element('path', { class: `l${i}`, d: pathOf(values, (index) => x(chart.moments[index]!), y) }))
  return [...legend(`${title} (${unit})`, series, top - 9), ...grid, ...marks, ...lines]
}

/** Values that are missing leave a gap. */
function pathOf(values: readonly number[], x: Place, y: Place): string {
  let isDrawing = false
  return values.flatMap((value, i) => {
    const command = isDrawing ? 'L' : 'M'
    isDrawing = Number.isFinite(value)
    return isDrawing ? [`${command}${x(i).toFixed(1)} ${y(value).toFixed(1)}`] : []
  }).join('')
}

function legend(title: string, series: readonly Series[], y: number): string[] {
  let x = WIDTH - RIGHT
  const names = series.toReversed().flatMap(({ name }, fromEnd) => {
    x -= 24 + name.length * 6.6
    const swatch = { class: `s${series.length - 1 - fromEnd}`, x, y: y - 9, width: 10, height: 10, rx: 2 }
    return [element('rect', swatch), text(name, { x: x + 15, y })]
  })
  return [text(title, { x: LEFT, y }), ...names]
}

function highest(values: readonly number[]): number {
  return values.reduce((most, value) => (value > most ? value : most), 0)
}

function ticksOf(end: number): number[] {
  const step = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600].find((each) => end / each <= 10) ?? 1200
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, i) => i * step)
}

function label(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en')
}
