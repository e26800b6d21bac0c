// The public door of @tocsin/testing.
export type { AdapterApp, AdapterUnderTest, Answer, PageRoute, RunningAdapter, UpgradeRoute, Visit } from './test-adapter/adapter-under-test.js'
export { type TestRunner, testAdapter } from './test-adapter/test-adapter.js'
