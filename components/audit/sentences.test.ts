import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { outcomeOf, sentenceOf } from './sentences'

const entry = (action: string, more: object = {}) => ({
  ...{ action, target_type: 'job' as const, target_id: 'j1', target_name: 'vit', detail: null },
  ...{ outcome: 'ok', ...more },
})

describe('an entry in words', () => {
  it('says what was done to what, and with which command', () => {
    expect(sentenceOf(entry('cancelJob'))).toEqual({
      verb: 'Cancelled the job',
      object: { text: 'vit', href: '/jobs/j1' },
      command: null,
    })
    expect(sentenceOf(entry('createJob', { detail: { command: 'ls' } })).command).toBe('ls')
  })

  it('says of what failed that it was tried, and of an end that it came', () => {
    const verb = (action: string, outcome: string) => sentenceOf(entry(action, { outcome })).verb
    expect(verb('executeCommand', 'command_denied')).toBe('Tried to run a command on')
    expect(verb('executeCommand', 'timed_out')).toBe('Ran a command on')
    expect(verb('connect', 'ssh_auth_failed')).toBe('Tried to connect')
    expect(verb('connect', 'ok')).toBe('Connected')
    expect(verb('closeTerminal', 'machine_read_only')).toBe('Closed a terminal on')
    expect(verb('jobEnded', 'out_of_memory')).toBe('Saw the end of the job')
  })

  it('leads nowhere where there is nothing any more, or never was', () => {
    expect(sentenceOf(entry('deleteJob')).object?.href).toBeNull()
    expect(sentenceOf(entry('deleteJob', { outcome: 'jobs_running' })).object?.href).toBe(
      '/jobs/j1',
    )
    expect(sentenceOf(entry('cancelJob', { target_id: null })).object?.href).toBeNull()
    expect(sentenceOf(entry('testConnection', { target_name: null })).object).toBeNull()
  })

  it('has words of its own for every operation that is audited', () => {
    const api = path.resolve(import.meta.dirname, '../../app/api')
    const actions = readdirSync(api, { recursive: true, encoding: 'utf8' })
      .filter((file) => path.basename(file) === 'route.ts')
      .flatMap((file) => [
        ...readFileSync(path.join(api, file), 'utf8').matchAll(/id: '(\w+)',\s+audit:/g),
      ])
      .map(([, action = '']) => action)
    expect(actions.length).toBeGreaterThan(15)
    const plain = (action: string) => action.replace(/([A-Z])/g, ' $1').toLowerCase()
    for (const action of actions) {
      const { verb } = sentenceOf(entry(action))
      if (verb.toLowerCase() === plain(action)) throw new Error(`no words for ${action}`)
    }
    expect(sentenceOf(entry('doSomethingNew')).verb).toBe('Do something new')
  })

  it.each([
    [
      { outcome: 'ok', exit_code: null },
      { text: 'done', tone: 'good' },
    ],
    [
      { outcome: 'ok', exit_code: 0 },
      { text: 'exit 0', tone: 'good' },
    ],
    [
      { outcome: 'ok', exit_code: 3 },
      { text: 'exit 3', tone: 'warn' },
    ],
    [
      { outcome: 'hung_up', exit_code: null },
      { text: 'caller left', tone: 'warn' },
    ],
    [
      { outcome: 'not_connected', exit_code: null },
      { text: 'not connected', tone: 'bad' },
    ],
  ])('%j went %j', (given, told) => {
    expect(outcomeOf(given)).toEqual(told)
  })
})
