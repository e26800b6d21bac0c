// Where the static files of the page are, and the headers they want. Serving them is the framework's own business.

/** The folder of the page: index.html and what it loads. Nothing comes from elsewhere; one file, script/tocsin-client.js, is made by the build. */
export const chatPage: URL = new URL('../public/', import.meta.url)

/** `connect-src 'self'` covers ws: and wss: of the same host and port as well. */
const policy = [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'",
  "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
]

export const pageHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': policy.join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
}
