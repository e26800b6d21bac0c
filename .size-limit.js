// What an application carries, bundled and minified; Node's own modules are not counted.
const modifyEsbuildConfig = (config) => ({ ...config, platform: 'node', external: ['@tocsin/core', '@tocsin/testing', 'express', 'fastify', 'fastify-plugin', '@nestjs/*', 'rxjs'] })
/** As a page has it: nothing is left out. */
const forBrowsers = (config) => ({ ...config, platform: 'browser', format: 'esm', conditions: ['browser'], external: [] })
const door = (name, path, limit) => ({ name, path, limit, brotli: false, gzip: true, modifyEsbuildConfig })

export default [
  door('@tocsin/core', 'packages/core/dist/index.js', '48 kB'),
  door('@tocsin/core/protocol', 'packages/core/dist/protocol/index.js', '7.2 kB'),
  door('@tocsin/core/compression', 'packages/core/dist/compression/index.js', '9 kB'),
  door('@tocsin/core/handshake', 'packages/core/dist/handshake/index.js', '3 kB'),
  door('@tocsin/client', 'packages/client/dist/index.js', '14 kB'),
  // What a page pays that imports the client and all that it can do: 3 KiB, gzip. Whoever needs the streams, and errors by class, pays the next line.
  { ...door('@tocsin/client in browsers', 'packages/client/dist/browser.js', '3.072 kB'), import: '{ WebSocketClient }', modifyEsbuildConfig: forBrowsers },
  { ...door('@tocsin/client in browsers, every export', 'packages/client/dist/browser.js', '3.27 kB'), modifyEsbuildConfig: forBrowsers },
  door('@tocsin/events', 'packages/events/dist/index.js', '5 kB'),
  {
    ...door('@tocsin/client and @tocsin/events in browsers', ['packages/client/dist/browser.js', 'packages/events/dist/index.js'], '8.5 kB'),
    import: { 'packages/client/dist/browser.js': '{ WebSocketClient }', 'packages/events/dist/index.js': '{ defineEvents }' },
    modifyEsbuildConfig: forBrowsers,
  },
  door('@tocsin/nestjs', 'packages/nestjs/dist/index.js', '8 kB'),
  door('@tocsin/express', 'packages/express/dist/index.js', '2 kB'),
  door('@tocsin/fastify', 'packages/fastify/dist/index.js', '3 kB'),
]
