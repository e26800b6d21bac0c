// The door of reports/, for benchmarks/ and chaos/.
export { type BarChart, type BarGroup, renderBarChart } from './bar-chart.js'
export { type LineChart, type Panel, type Series, renderLineChart } from './line-chart.js'
export { type Machine, describeMachine } from './machine.js'
