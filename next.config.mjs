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
}

export default config
