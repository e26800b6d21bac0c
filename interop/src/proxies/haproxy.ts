// haproxy as a front with HTTP/2 (and RFC 8441, which it turns into an HTTP/1.1 upgrade for us), with a short timeout for two paths.
import type { ProxyKind, Setting } from './proxy.js'

export const haproxy: ProxyKind = {
  name: 'haproxy',
  http2: true,
  args: (configuration) => ['-db', '-f', configuration],
  configuration: ({ plainPort, securePort, backend, certificate, idleSeconds }: Setting) => `
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout tunnel 60s
frontend front
  bind 127.0.0.1:${plainPort}
  bind 127.0.0.1:${securePort} ssl crt ${certificate} alpn h2,http/1.1
  http-request set-header X-Forwarded-Proto https if { ssl_fc }
  http-request set-header X-Client-Version %[req.ver]
  use_backend impatient if { path /patient /impatient }
  default_backend app
backend app
  server app ${backend}
backend impatient
  timeout tunnel ${idleSeconds}s
  server app ${backend}
`,
}
