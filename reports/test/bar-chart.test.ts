import { describe, expect, test } from 'vitest'
import { type BarChart, renderBarChart } from '../src/bar-chart.js'
import { document, element, text } from '../src/svg.js'

describe('SVG', () => {
  test('elements with and without children, numbers to a tenth', () => {
    expect(element('rect', { x: 1.23456, y: 2, class: 'bar' })).toBe('<rect x="1.2" y="2" class="bar"/>')
    expect(element('g', {}, [text('a', { x: 0 })])).toBe('<g><text x="0">a</text></g>')
  })

  test('what is text stays text', () => {
    expect(text('<script> & "more"', { title: '"><x' })).toBe('<text title="&#34;&#62;&#60;x">&#60;script&#62; &#38; &#34;more&#34;</text>')
  })

  test('a document says what it shows', () => {
    const svg = document({ width: 10, height: 20, label: 'Echo', style: 'text{fill:red}' }, [element('g', {})])
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 10 20" width="10" height="20" /)
    expect(svg).toContain('role="img" aria-label="Echo"')
  })
})

describe('a bar chart', () => {
  const chart: BarChart = {
    title: 'Echo',
    subtitle: 'more is better',
    scale: 'ratio',
    series: ['Tocsin', 'net'],
    groups: [
      { label: '64 B', bars: [{ series: 'Tocsin', value: 4, caption: '4.00×' }, { series: 'net', value: 0.5, caption: '0.50×' }] },
    ],
  }
  const bars = (svg: string): Record<string, number>[] =>
    [...svg.matchAll(/<rect class="s(\d)" x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="11"/g)]
      .map(([, series, x, width]) => ({ series: Number(series), x: Number(x), width: Number(width) }))

  test('of ratios: what is better grows to the right of 1, what is worse to the left, by the logarithm', () => {
    const [better, worse] = bars(renderBarChart(chart))
    expect([better!['series'], worse!['series']]).toEqual([0, 1])
    expect(worse!['x']! + worse!['width']!).toBeCloseTo(better!['x']!, 0)
    expect(better!['width']! / worse!['width']!).toBeCloseTo(2, 1)
  })

  test('of amounts: all begin at the left, and are as long as they are large', () => {
    const groups = [{ label: '', bars: [{ series: 'net', value: 3, caption: '3' }, { series: 'net', value: 6, caption: '6' }] }]
    const amounts: BarChart = { ...chart, scale: 'amount', groups }
    const [three, six] = bars(renderBarChart(amounts))
    expect(three!['x']).toBe(six!['x'])
    expect(six!['width']! / three!['width']!).toBeCloseTo(2, 1)
  })

  test('can be read aloud, and on a dark page', () => {
    const svg = renderBarChart(chart)
    expect(svg).toContain('aria-label="Echo. 64 B: Tocsin 4.00×, net 0.50×"')
    expect(svg).toContain('@media (prefers-color-scheme:dark)')
  })

  test('is well-formed: every tag is closed, no number is missing', () => {
    const svg = renderBarChart(chart)
    const open: string[] = []
    for (const [tag, slash, name, rest] of svg.matchAll(/<(\/?)([a-z]+)((?:[^>"]|"[^"]*")*)>/g)) {
      if (slash === '/') expect(open.pop()).toBe(name)
      else if (!rest!.endsWith('/')) open.push(name!)
      expect(tag).not.toMatch(/NaN|undefined|Infinity/)
    }
    expect(open).toEqual([])
  })
})
