/** What the page of the audit trail shows, as its address says it. Pure. */

export const CALLERS = [
  { key: '', label: 'Anybody' },
  { key: 'browser', label: 'Browser' },
  { key: 'cli', label: 'Command line' },
  { key: 'api', label: 'API' },
  { key: 'mcp', label: 'Agents (MCP)' },
  { key: 'system', label: 'This app' },
] as const
export type Caller = (typeof CALLERS)[number]['key']

export const OUTCOMES = [
  { key: '', label: 'Any outcome' },
  { key: 'ok', label: 'Done' },
  { key: 'failed', label: 'Failed' },
] as const
type Outcome = (typeof OUTCOMES)[number]['key']

/** Operations that belong together. */
export const KINDS = [
  { key: '', label: 'Everything', actions: [] },
  {
    key: 'commands',
    label: 'Commands, terminals',
    actions: [
      ...['executeCommand', 'stopCommand', 'decideApproval'],
      ...['openTerminal', 'closeTerminal'],
    ],
  },
  {
    key: 'machines',
    label: 'Machines',
    actions: [
      ...['createConnection', 'updateConnection', 'deleteConnection', 'reorderConnections'],
      ...['testConnection', 'trustHostKey', 'updateSafety', 'connect', 'disconnect'],
    ],
  },
  {
    key: 'projects',
    label: 'Projects',
    actions: ['createProject', 'updateProject', 'deleteProject'],
  },
  {
    key: 'jobs',
    label: 'Jobs',
    actions: [
      ...['createJob', 'updateJob', 'deleteJob', 'startJob', 'cancelJob', 'retryJob', 'cloneJob'],
      ...['jobStarted', 'jobEnded', 'jobRetried'],
    ],
  },
  { key: 'keys', label: 'API keys', actions: ['createKey', 'updateKey', 'revokeKey'] },
] as const
type Kind = (typeof KINDS)[number]['key']

export const SPANS = [
  { key: '', label: 'Any time', hours: null },
  { key: '1h', label: 'Last hour', hours: 1 },
  { key: '24h', label: 'Last 24 hours', hours: 24 },
  { key: '7d', label: 'Last 7 days', hours: 168 },
  { key: '30d', label: 'Last 30 days', hours: 720 },
] as const
type Span = (typeof SPANS)[number]['key']

export type AuditFilters = {
  q: string
  caller: Caller
  kind: Kind
  connection_id: string
  target_id: string
  outcome: Outcome
  since: Span
  cursor: string
}

type SearchParams = Record<string, string | string[] | undefined>

/** Reads an address leniently: what is none of the choices does not count. */
export function readAuditFilters(params: SearchParams): AuditFilters {
  const one = (name: string) => [params[name]].flat()[0] ?? ''
  const choice = <K extends string>(choices: readonly { key: K }[], name: string) =>
    choices.find(({ key }) => key === one(name))?.key
  return {
    q: one('q').trim().slice(0, 200),
    caller: choice(CALLERS, 'caller') ?? '',
    kind: choice(KINDS, 'kind') ?? '',
    connection_id: one('connection_id').slice(0, 400),
    target_id: one('target_id').slice(0, 400),
    outcome: choice(OUTCOMES, 'outcome') ?? '',
    since: choice(SPANS, 'since') ?? '',
    cursor: one('cursor').slice(0, 200),
  }
}

/** The query of an address with these filters; what is as usual is left out. */
export function writeAuditFilters(filters: AuditFilters): string {
  const params = new URLSearchParams(Object.entries(filters).filter(([, value]) => value !== ''))
  const text = params.toString()
  return text && `?${text}`
}

/** True when an entry may be hidden by what is asked for. */
export function isAuditFiltered({ cursor, ...filters }: AuditFilters): boolean {
  return Object.values(filters).some((value) => value !== '')
}
