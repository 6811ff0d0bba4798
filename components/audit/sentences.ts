import type { AuditEntry } from '@/lib/dgx/audit/answers'

/** An entry in words: what was done, to what, and the command where there is one. */
export type Sentence = {
  /** Begins with a capital letter; what it is about follows. */
  verb: string
  object: { text: string; href: string | null } | null
  command: string | null
}

type Entry = Pick<AuditEntry, 'action' | 'target_type' | 'target_id' | 'target_name' | 'detail'>

const VERBS: Record<string, string> = {
  createConnection: 'Added the machine',
  updateConnection: 'Changed the machine',
  deleteConnection: 'Deleted the machine',
  reorderConnections: 'Put the machines in another order',
  testConnection: 'Tested a connection',
  trustHostKey: 'Trusted the host key of',
  connect: 'Connected',
  disconnect: 'Disconnected',
  executeCommand: 'Ran a command on',
  stopCommand: 'Stopped a command on',
  openTerminal: 'Opened a terminal on',
  closeTerminal: 'Closed a terminal on',
  updateSafety: 'Changed the safety settings of',
  decideApproval: 'Answered what waits for a person',
  createProject: 'Created the project',
  updateProject: 'Changed the project',
  deleteProject: 'Deleted the project',
  createJob: 'Created the job',
  updateJob: 'Changed the job',
  deleteJob: 'Deleted the job',
  cloneJob: 'Cloned a job as',
  startJob: 'Queued the job',
  cancelJob: 'Cancelled the job',
  retryJob: 'Retried the job',
  createKey: 'Made the API key',
  updateKey: 'Changed the API key',
  revokeKey: 'Revoked the API key',
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
  const isGone = target_id === null || action.startsWith('delete')
  const page = target_type && PAGES[target_type]
  return {
    verb: VERBS[action] ?? inWords(action),
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
