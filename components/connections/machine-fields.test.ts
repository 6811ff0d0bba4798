import { describe, expect, it } from 'vitest'
import { connectionInput } from '@/lib/dgx/connections/schema'
import {
  EMPTY,
  FIELDS,
  type MachineValues,
  problemOf,
  splitAddress,
  toRecord,
} from './machine-fields'

const GOOD: MachineValues = {
  ...EMPTY,
  name: 'dgx-1',
  hostname: 'dgx.example.com',
  username: 'ubuntu',
}

describe('the fields of a machine', () => {
  it.each([
    { name: ' ' },
    { name: 'x'.repeat(201) },
    { hostname: '' },
    { hostname: 'two words' },
    { hostname: '-oProxyCommand=sh' },
    { hostname: '[::1]' },
    { hostname: 'fe80::1%eth0' },
    { hostname: 'h'.repeat(254) },
    { username: '' },
    { username: '-l' },
    { username: 'DOMAIN\\user' },
    { username: 'a b' },
    { port: '' },
    { port: '0' },
    { port: '22' },
    { port: '65536' },
    { port: 'ssh' },
    { port: '2.5' },
    { ssh_key_path: '~/.ssh/id_ed25519' },
    { ssh_key_path: `/${'k'.repeat(4096)}` },
  ] satisfies Partial<MachineValues>[])('judges %o as the API does', (changed) => {
    const values = { ...GOOD, ...changed }
    const isGood = FIELDS.every((field) => problemOf(field, values[field]) === null)
    expect(isGood).toBe(connectionInput.safeParse(toRecord(values)).success)
  })

  it('says that the public half of a key is the wrong file', () => {
    expect(problemOf('ssh_key_path', '~/.ssh/id_ed25519.pub')).toContain('without .pub')
  })

  it.each([
    ['ubuntu@dgx.example.com', { username: 'ubuntu', hostname: 'dgx.example.com' }],
    ['ssh ubuntu@dgx -p 2222', { username: 'ubuntu', hostname: 'dgx', port: '2222' }],
    ['ssh://root@[fe80::1]:22', { username: 'root', hostname: 'fe80::1', port: '22' }],
    ['dgx:2200', { hostname: 'dgx', port: '2200' }],
    ['dgx.example.com', null],
    ['fe80::1', null],
    ['two words', null],
  ])('takes %s apart', (typed, parts) => {
    expect(splitAddress(typed)).toEqual(parts)
  })
})
