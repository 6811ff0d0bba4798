import type { Job } from '@/lib/dgx/jobs/records'
import type { Project } from '@/lib/dgx/projects/answers'
import type { ListedMachine } from './machine-list'
import { SECTIONS } from './sections'
import { THEMES, type Theme } from './theme'

/** What a command does when it is chosen. */
export type Deed =
  | { kind: 'go'; href: string }
  | { kind: 'call'; method: 'POST' | 'PUT'; path: string; body?: unknown; done: string }
  | { kind: 'theme'; theme: Theme }
  | { kind: 'copy-link' }
  | { kind: 'shortcuts' }
  | { kind: 'log-out' }

/** What a command is about; each kind has a mark of its own. */
export type CommandKind = 'machine' | 'project' | 'job' | 'page' | 'add' | 'action' | 'app'

/** `label` is what is searched, together with `value`, which is unique. */
export type Command = {
  value: string
  label: string
  hint: string
  kind: CommandKind
  deed: Deed
}
export type CommandGroup = { value: string; items: Command[] }

type Records = {
  machines: readonly ListedMachine[]
  projects: readonly Project[]
  jobs: readonly Job[]
  /** Whether one logs in with a key here. */
  hasLogin: boolean
}

/** All that can be gone to and done from anywhere, in the order it is offered. */
export function paletteCommands({ machines, projects, jobs, hasLogin }: Records): CommandGroup[] {
  const groups: CommandGroup[] = [
    {
      value: 'Machines',
      items: machines.map(({ id, name, status }) =>
        go('machine', `machine ${id}`, name, `/connections/${id}`, status),
      ),
    },
    {
      value: 'Projects',
      items: projects.map(({ id, name }) =>
        go('project', `project ${id}`, name, `/projects/${id}`),
      ),
    },
    {
      value: 'Jobs',
      items: jobs.map(({ id, name, status }) =>
        go('job', `job ${id}`, name, `/jobs/${id}`, status),
      ),
    },
    {
      value: 'Go to',
      items: [
        ...SECTIONS.map(({ href, text, key }) => go('page', `go ${href}`, text, href, `g ${key}`)),
        go('page', 'go /queue', 'Queue', '/queue'),
      ],
    },
    {
      value: 'Actions',
      items: [...created(), ...machines.flatMap(ofMachine), ...jobs.flatMap(ofJob)],
    },
    { value: 'This app', items: ofApp(hasLogin) },
  ]
  return groups.filter(({ items }) => items.length > 0)
}

function go(kind: CommandKind, value: string, label: string, href: string, hint = ''): Command {
  return { value, label, hint, kind, deed: { kind: 'go', href } }
}

function created(): Command[] {
  return [
    go('add', 'add machine', 'Add a machine', '/connections?add=1'),
    go('add', 'add project', 'New project', '/projects?add=1'),
    go('add', 'start job', 'Start a job', '/jobs/new'),
    go('add', 'add job', 'Track a run by hand', '/jobs?add=1'),
  ]
}

function ofMachine({ id, name, status }: ListedMachine): Command[] {
  const isOff = status === 'disconnected' || status === 'error'
  const change: Command = {
    value: `switch ${id}`,
    label: `${isOff ? 'Connect' : 'Disconnect'} ${name}`,
    hint: '',
    kind: 'action',
    deed: {
      kind: 'call',
      method: 'POST',
      path: `${isOff ? 'connect' : 'disconnect'}/${id}`,
      done: isOff ? `${name} is connected` : `${name} is disconnected`,
    },
  }
  return [
    change,
    ...(isOff
      ? []
      : [
          go(
            'action',
            `terminal ${id}`,
            `Open a terminal on ${name}`,
            `/connections/${id}/terminal`,
          ),
        ]),
  ]
}

function ofJob({ id, name, status, phase }: Job): Command[] {
  const clone = go('action', `clone ${id}`, `Clone job ${name}`, `/jobs/new?clone=${id}`)
  if (status !== 'pending' && status !== 'running') return phase === null ? [] : [clone]
  // What runs is not ended by a slip here: its page asks first.
  if (phase !== null) return [clone]
  return [
    {
      value: `cancel ${id}`,
      label: `Mark job ${name} as cancelled`,
      hint: status,
      kind: 'action',
      deed: {
        kind: 'call',
        method: 'PUT',
        path: `jobs/${id}`,
        body: { status: 'cancelled' },
        done: `${name} is marked as cancelled`,
      },
    },
  ]
}

function ofApp(hasLogin: boolean): Command[] {
  const commands: Omit<Command, 'kind'>[] = [
    ...THEMES.map((theme) => ({
      value: `theme ${theme}`,
      label: `Theme: ${theme}`,
      hint: '',
      deed: { kind: 'theme' as const, theme },
    })),
    {
      value: 'copy link',
      label: 'Copy a link to this page',
      hint: '',
      deed: { kind: 'copy-link' },
    },
    go('app', 'docs', 'API reference', '/docs'),
    { value: 'shortcuts', label: 'Keyboard shortcuts', hint: '?', deed: { kind: 'shortcuts' } },
    ...(hasLogin
      ? [{ value: 'log out', label: 'Log out', hint: '', deed: { kind: 'log-out' as const } }]
      : []),
  ]
  return commands.map((command) => ({ ...command, kind: 'app' }))
}
