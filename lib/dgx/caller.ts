/** From the least to the most; each may do what those before it may. */
export const SCOPES = ['read', 'run', 'admin'] as const
export type Scope = (typeof SCOPES)[number]

/** The ways in. */
export const VIAS = ['browser', 'api', 'cli', 'mcp'] as const

/** Who asks, as the server found out before anything else saw the request. */
export type Caller = {
  via: (typeof VIAS)[number]
  /** The named API key; null for API_SERVER_KEY, its browser session, or no key. */
  key: { id: string; name: string } | null
  scope: Scope
  /** What the program calls itself, at most 100 printable characters. */
  client: string | null
}

/** Nobody outside: a test, or code of this program. */
export const NOBODY: Caller = { via: 'api', key: null, scope: 'admin', client: null }
