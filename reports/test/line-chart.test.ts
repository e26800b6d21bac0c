import { expect, test } from 'vitest'
import { type LineChart, renderLineChart } from '../src/line-chart.js'

const chart: LineChart = {
  title: 'Chaos',
  subtitle: 'one run',
  moments: [0, 5, 10],
  panels: [
    { title: 'RSS', unit: 'MiB', series: [{ name: 'RSS', values: [0, 50, 100] }, { name: 'heap', values: [10, NaN, 20] }] },
    { title: 'Connections', unit: '', series: [{ name: 'all', values: [1, 2, 3] }] },
  ],
  marks: [{ at: 5, label: 'bad clients' }],
}

const paths = (svg: string): string[] => [...svg.matchAll(/<path class="l\d" d="([^"]*)"/g)].map(([, d]) => d!)
const points = (d: string): number[][] => [...d.matchAll(/[ML]([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)])

test('time runs to the right, and more is higher, within each panel', () => {
  const [rss, , all] = paths(renderLineChart(chart)).map(points)
  expect(rss!.map(([x]) => x)).toEqual([62, 452, 842])
  expect(rss!.map(([, y]) => y)).toEqual([198, 138, 78])
  expect(all![0]![1]!).toBeGreaterThan(rss![0]![1]!)
})

test('a value that is missing leaves a gap', () => {
  expect(paths(renderLineChart(chart))[1]).toMatch(/^M[\d. ]+M[\d. ]+$/)
})

test('can be read aloud, says what happened when, and has every number', () => {
  const svg = renderLineChart(chart)
  expect(svg).toContain('aria-label="Chaos. RSS: up to 100 MiB. heap: up to 20 MiB. all: up to 3 "')
  expect(svg).toContain('bad clients')
  expect(svg).not.toMatch(/NaN|undefined|Infinity/)
})

test('nothing at all is a chart, too', () => {
  expect(renderLineChart({ ...chart, moments: [], panels: [{ title: 'RSS', unit: 'MiB', series: [{ name: 'RSS', values: [] }] }] })).toContain('</svg>')
})

test('the label of a mark stays in the picture, also at its end', () => {
  const anchorOf = (at: number): string => /text-anchor="(\w+)"[^>]*>closing</.exec(renderLineChart({ ...chart, marks: [{ at, label: 'closing' }] }))![1]!
  expect([anchorOf(0), anchorOf(chart.moments.at(-1)!)]).toEqual(['start', 'end'])
})
