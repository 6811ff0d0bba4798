import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type HostKey, judgeHostKey, preferKnownTypes, readHostKey } from './host-keys'
import { lookUpKnownHosts } from './known-hosts'

describe('host keys', () => {
  let dir: string
  const keys: Record<string, HostKey> = {}
  const file = (name: string, text: string) => {
    const target = path.join(dir, name)
    writeFileSync(target, text)
    return target
  }
  const line = (hosts: string, key: HostKey | undefined) =>
    `${hosts} ${key?.keyType} ${key?.keyBase64}\n`

  beforeAll(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'dgx-keys-'))
    for (const [name, type] of [
      ['ed', 'ed25519'],
      ['ed2', 'ed25519'],
      ['rsa', 'rsa'],
    ] as const) {
      execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', path.join(dir, name)])
      const blob = readFileSync(path.join(dir, `${name}.pub`), 'utf8').split(' ')[1] ?? ''
      keys[name] = readHostKey('dgx', Buffer.from(blob, 'base64'))
    }
  })
  afterAll(() => rmSync(dir, { recursive: true, force: true }))

  it('shows the fingerprint that ssh-keygen shows', () => {
    const said = execFileSync('ssh-keygen', ['-lf', path.join(dir, 'ed.pub')])
      .toString()
      .split(' ')[1]
    expect(keys.ed?.fingerprint).toBe(said)
  })

  const judge = async (presented: HostKey | undefined, known: string, pins: HostKey[] = []) => {
    const knownHosts = await lookUpKnownHosts([file('known', known)], 'dgx')
    return judgeHostKey(presented as HostKey, { pins, knownHosts }).kind
  }

  it('takes a host that nobody knows for new', async () => {
    expect(await judge(keys.ed, line('other', keys.ed))).toBe('new')
  })

  it('trusts what known_hosts holds', async () => {
    expect(await judge(keys.ed, line('other,dgx', keys.ed))).toBe('trusted')
  })

  it('sees a changed key', async () => {
    expect(await judge(keys.ed2, line('dgx', keys.ed))).toBe('changed')
  })

  it('sees a host known by another type of key alone as changed, not as new', async () => {
    expect(await judge(keys.ed, line('dgx', keys.rsa))).toBe('changed')
  })

  it('refuses a revoked key even when we accepted it ourselves', async () => {
    expect(await judge(keys.ed, `@revoked ${line('*', keys.ed)}`, [keys.ed as HostKey])).toBe(
      'revoked',
    )
  })

  it('holds its own pin above known_hosts', async () => {
    expect(await judge(keys.ed2, line('dgx', keys.ed2), [keys.ed as HostKey])).toBe('changed')
  })

  it('does not let a certificate authority line accept or refuse', async () => {
    expect(await judge(keys.ed, `@cert-authority ${line('dgx', keys.rsa)}`)).toBe('new')
  })

  it('asks for the known type of key first', async () => {
    const knownHosts = await lookUpKnownHosts([file('known', line('dgx', keys.rsa))], 'dgx')
    expect(preferKnownTypes({ pins: [], knownHosts }).slice(0, 3)).toEqual([
      'rsa-sha2-512',
      'rsa-sha2-256',
      'ssh-rsa',
    ])
  })

  it('finds hashed hosts, ports, patterns, and honours a negation', async () => {
    const hashed = file('hashed', line('[dgx]:2222', keys.ed))
    execFileSync('ssh-keygen', ['-q', '-H', '-f', hashed], { stdio: 'ignore' })
    expect(await lookUpKnownHosts([hashed], '[dgx]:2222')).toHaveLength(1)
    expect(await lookUpKnownHosts([hashed], 'dgx')).toHaveLength(0)
    const patterns = file('patterns', line('*.lab,!bad.lab', keys.ed) + line('no*de', keys.ed))
    expect(await lookUpKnownHosts([patterns], 'good.lab')).toHaveLength(1)
    expect(await lookUpKnownHosts([patterns], 'bad.lab')).toHaveLength(0)
    expect(await lookUpKnownHosts([patterns], 'noXde')).toHaveLength(1)
  })

  it('passes over comments and broken lines, and names file and line', async () => {
    const mixed = file('mixed', `# dgx\n\ndgx\n@strange dgx ssh-rsa AAAA\n${line('dgx', keys.ed)}`)
    expect((await lookUpKnownHosts([mixed], 'dgx')).map((key) => key.source)).toEqual([
      `${mixed}:5`,
    ])
  })

  it('does not take a file it cannot read for an empty one', async () => {
    await expect(lookUpKnownHosts([dir], 'dgx')).rejects.toThrow()
    expect(await lookUpKnownHosts([path.join(dir, 'absent')], 'dgx')).toEqual([])
  })
})
