// The one file of the page that is built: the client, for browsers, with nothing from elsewhere.
import { defineConfig } from 'vite'

export default defineConfig({
  publicDir: false,
  build: { lib: { entry: 'src/client-door.ts', formats: ['es'], fileName: () => 'tocsin-client.js' }, outDir: 'public/script', emptyOutDir: false, sourcemap: false },
})
