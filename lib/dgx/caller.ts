/** From the least to the most; each may do what those before it may. */
export const SCOPES = ['read', 'run', 'admin'] as const
export type Scope = (typeof SCOPES)[number]

/** Who asks, as the server found out before anything else saw the request. */
export type Caller = {
  via: 'browser' | 'api' | 'cli' | 'mcp'
  /** The named API key; null for API_SERVER_KEY, its browser session, or no key. */
  key: { id: string; name: string } | null
  scope: Scope
  /** What the program calls itself, at most 100 printable characters. */
  client: string | null
}
