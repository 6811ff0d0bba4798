import type { AuditEntry } from '@/lib/dgx/audit/answers'

/** An entry in words: what was done, to what, and the command where there is one. */
export type Sentence = {
  /** Begins with a capital letter; what it is about follows. */
  verb: string
  object: { text: string; href: string | null } | null
  command: string | null
}

type Entry = Pick<
  AuditEntry,
  'action' | 'target_type' | 'target_id' | 'target_name' | 'detail' | 'outcome'
>

/** What was done, what was tried when it failed, and what goes on. */
const VERBS: Record<string, readonly [did: string, tried: string, rest: string]> = {
  createConnection: ['Added', 'add', 'the machine'],
  updateConnection: ['Changed', 'change', 'the machine'],
  deleteConnection: ['Deleted', 'delete', 'the machine'],
  reorderConnections: ['Put', 'put', 'the machines in another order'],
  testConnection: ['Tested', 'test', 'a connection'],
  trustHostKey: ['Trusted', 'trust', 'the host key of'],
  connect: ['Connected', 'connect', ''],
  disconnect: ['Disconnected', 'disconnect', ''],
  executeCommand: ['Ran', 'run', 'a command on'],
  stopCommand: ['Stopped', 'stop', 'a command on'],
  openTerminal: ['Opened', 'open', 'a terminal on'],
  updateSafety: ['Changed', 'change', 'the safety settings of'],
  decideApproval: ['Answered', 'answer', 'what waits for a person'],
  createProject: ['Created', 'create', 'the project'],
  updateProject: ['Changed', 'change', 'the project'],
  deleteProject: ['Deleted', 'delete', 'the project'],
  createJob: ['Created', 'create', 'the job'],
  updateJob: ['Changed', 'change', 'the job'],
  deleteJob: ['Deleted', 'delete', 'the job'],
  cloneJob: ['Cloned', 'clone', 'a job as'],
  startJob: ['Queued', 'queue', 'the job'],
  cancelJob: ['Cancelled', 'cancel', 'the job'],
  retryJob: ['Retried', 'retry', 'the job'],
  createKey: ['Made', 'make', 'the API key'],
  updateKey: ['Changed', 'change', 'the API key'],
  revokeKey: ['Revoked', 'revoke', 'the API key'],
}

/** What came about, whoever wanted it; the outcome says why a terminal or a job ended. */
const EVENTS: Record<string, string> = {
  closeTerminal: 'Closed a terminal on',
  jobStarted: 'Started the job',
  jobEnded: 'Saw the end of the job',
  jobRetried: 'Will try again the job',
}

const PAGES: Record<NonNullable<Entry['target_type']>, string | null> = {
  connection: 'connections',
  project: 'projects',
  job: 'jobs',
  key: null,
}

export function sentenceOf(entry: Entry): Sentence {
  const { action, target_type, target_id, target_name, detail } = entry
  const command = detail?.['command']
  const isGone = target_id === null || (action.startsWith('delete') && hasHappened(entry))
  const page = target_type && PAGES[target_type]
  return {
    verb: EVENTS[action] ?? verbOf(entry),
    object:
      target_name === null
        ? null
        : {
            text: target_name,
            href: page && !isGone ? `/${page}/${target_id}` : null,
          },
    command: typeof command === 'string' ? command : null,
  }
}

/** It was done, or begun. */
const hasHappened = ({ outcome }: Entry) =>
  ['ok', 'hung_up', 'timed_out', 'signalled'].includes(outcome)

function verbOf(entry: Entry): string {
  const words = VERBS[entry.action]
  if (!words) return inWords(entry.action)
  const [did, tried, rest] = words
  return `${hasHappened(entry) ? did : `Tried to ${tried}`} ${rest}`.trimEnd()
}

/** `doSomethingNew` for people. */
function inWords(action: string): string {
  const text = action.replace(/([A-Z])/g, ' $1').toLowerCase()
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** How it went, in a word or two. */
export function outcomeOf({ outcome, exit_code }: Pick<AuditEntry, 'outcome' | 'exit_code'>): {
  text: string
  tone: 'good' | 'warn' | 'bad'
} {
  if (outcome === 'hung_up') return { text: 'caller left', tone: 'warn' }
  if (outcome === 'timed_out' || outcome === 'signalled')
    return { text: outcome.replace('_', ' '), tone: 'warn' }
  if (outcome !== 'ok') return { text: outcome.replaceAll('_', ' '), tone: 'bad' }
  if (exit_code !== null && exit_code !== 0) return { text: `exit ${exit_code}`, tone: 'warn' }
  return { text: exit_code === 0 ? 'exit 0' : 'done', tone: 'good' }
}
