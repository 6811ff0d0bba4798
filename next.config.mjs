const isDev = process.env.NODE_ENV === 'development'

// Next puts its data into inline scripts, and development needs eval for hot reload.
const CSP = [
  "default-src 'self'",
  `script-src 'self' 'unsafe-inline'${isDev ? " 'unsafe-eval'" : ''}`,
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  `connect-src 'self'${isDev ? ' ws:' : ''}`,
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/** @type {import('next').NextConfig} */
const config = {
  // Native addons cannot be bundled; these are not on Next's own list. A bundled ws takes its
  // optional addon for there and fails at the first frame of a client.
  serverExternalPackages: ['ssh2', 'cpu-features', 'ws'],
  images: { unoptimized: true },
  agentRules: false,
  poweredByHeader: false,
  // A redirect would be an answer outside of the API's contract.
  skipTrailingSlashRedirect: true,
  typedRoutes: true,
  // `npm test` checks types, tests included; a start should not wait for that.
  typescript: { ignoreBuildErrors: true },
  headers: async () => [
    {
      source: '/:path*',
      headers: [
        { key: 'Content-Security-Policy', value: CSP },
        { key: 'X-Content-Type-Options', value: 'nosniff' },
        // Not no-referrer: with it browsers send our own forms with "Origin: null".
        { key: 'Referrer-Policy', value: 'same-origin' },
      ],
    },
  ],
}

export default config
