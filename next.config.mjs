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
  // The title comes with its page, to every browser: one that is streamed behind it is gone for a
  // moment each time that a page is read again.
  htmlLimitedBots: /.*/,
  // `npm test` checks types, tests included; a start should not wait for that.
  typescript: { ignoreBuildErrors: true },
}

export default config
