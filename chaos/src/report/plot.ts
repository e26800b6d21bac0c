// The course of a run as a picture.
import { type LineChart, type Series, renderLineChart } from 'tocsin-reports'
import type { Run, Second } from '../run.js'

const MIB = 2 ** 20

export function plotOf(run: Run): string {
  return renderLineChart(chartOf(run))
}

export function chartOf({ seconds, marks, plan }: Run): LineChart {
  const series = (name: string, value: (second: Second, before: Second | undefined) => number): Series => ({
    name,
    values: seconds.map((second, i) => value(second, seconds[i - 1])),
  })
  const perSecond = (count: (second: Second) => number) => (second: Second, before: Second | undefined): number =>
    (before === undefined ? 0 : Math.max(0, (count(second) - count(before)) / (second.time - before.time)))
  const { good, idle, bad } = plan
  return {
    title: 'Chaos',
    subtitle: `${words(good)} good clients, ${words(idle)} idle ones, ${words(bad)} bad ones at any time`,
    moments: seconds.map(({ time }) => time),
    marks,
    panels: [
      { title: 'Memory', unit: 'MiB', series: [series('RSS', ({ rss }) => rss / MIB), series('heap', ({ heapUsed }) => heapUsed / MIB), series('buffers', ({ arrayBuffers }) => arrayBuffers / MIB)] },
      { title: 'Event-loop delay', unit: 'ms', series: [series('p99', ({ delayP99 }) => delayP99), series('longest', ({ delayMax }) => delayMax)] },
      { title: 'Delivered to good clients', unit: 'messages/s', series: [series('received', perSecond(({ delivered }) => delivered))] },
      { title: 'Connections', unit: 'of the server', series: [series('all', ({ connections }) => connections), series('attacks under way', ({ bad: running }) => running)] },
    ],
  }
}

function words(count: number): string {
  return count.toLocaleString('en')
}
