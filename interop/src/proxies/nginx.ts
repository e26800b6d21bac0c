// nginx as most people put it in front of a WebSocket server, but for the short timeout of two paths.
import type { ProxyKind, Setting } from './proxy.js'

export const nginx: ProxyKind = {
  name: 'nginx',
  http2: false,
  args: (configuration, folder) => ['-e', 'stderr', '-p', folder, '-c', configuration],
  configuration: ({ plainPort, securePort, backend, certificate, idleSeconds }: Setting) => `
# One process without a master: whoever kills it has killed all of it.
daemon off;
master_process off;
pid nginx.pid;
error_log stderr warn;
events {}
http {
  access_log off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
  proxy_http_version 1.1;
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection $connection_upgrade;
  proxy_set_header Host $http_host;
  proxy_set_header X-Forwarded-Proto $scheme;
  proxy_set_header X-Client-Version $server_protocol;
  server {
    listen 127.0.0.1:${plainPort};
    listen 127.0.0.1:${securePort} ssl http2;
    ssl_certificate ${certificate};
    ssl_certificate_key ${certificate};
    location / { proxy_pass http://${backend}; proxy_read_timeout 60s; }
    location ~ ^/(im)?patient$ { proxy_pass http://${backend}; proxy_read_timeout ${idleSeconds}s; }
  }
}
`,
}
