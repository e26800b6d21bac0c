import { expect, test } from 'vitest'
import { followRoutes } from '../../src/platform/route-order.js'

class Adapter {
  readonly log: string[] = []
  get(path: string): this { this.log.push(`get ${path}`); return this }
  post(path: string): this { this.log.push(`post ${path}`); return this }
  all(path: string): this { this.log.push(`all ${path}`); return this }
  setNotFoundHandler(): void { this.log.push('404') }
}

function follow(adapter: Adapter): void {
  followRoutes(adapter as never, {
    beforeRoutes: () => { adapter.get('before') },
    behindRoutes: () => { adapter.get('behind') },
  })
}

test('tells once, before the first route and before the 404', () => {
  const adapter = new Adapter()
  follow(adapter)
  // Nest takes the method once for all paths of a route
  const get = adapter.get.bind(adapter)
  expect(get('/a')).toBe(adapter)
  get('/b')
  adapter.all('/c')
  adapter.setNotFoundHandler()
  expect(adapter.log).toEqual(['get before', 'get /a', 'get /b', 'all /c', 'get behind', '404'])
  expect(Object.keys(adapter)).toEqual(['log'])
})

test('without a route both come before the 404; methods of the instance itself come back', () => {
  const adapter = new Adapter()
  const own = (path: string): Adapter => { adapter.log.push(`own ${path}`); return adapter }
  adapter.get = own as typeof adapter.get
  follow(adapter)
  adapter.setNotFoundHandler()
  expect(adapter.log).toEqual(['own before', 'own behind', '404'])
  expect(adapter.get).toBe(own)
})
