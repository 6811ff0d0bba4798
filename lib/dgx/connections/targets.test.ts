import { describe, expect, it } from 'vitest'
import { ConnectionTargets } from './targets'

const target = (hostname: string) => ({
  id: 'c',
  name: 'dgx-1',
  hostname,
  port: 22,
  username: 'u',
  ssh_key_path: null,
  safety: { read_only: false, deny: [], confirm: [], confirm_timeout_s: 120 },
})

describe('known targets', () => {
  it('are read once, until a record changes', async () => {
    const targets = new ConnectionTargets()
    const reads: string[] = []
    const read = (hostname: string) => async () => {
      reads.push(hostname)
      return target(hostname)
    }
    await targets.find('dgx-1', read('old'))
    expect((await targets.find('dgx-1', read('new'))).hostname).toBe('old')
    targets.forget()
    expect((await targets.find('dgx-1', read('new'))).hostname).toBe('new')
    expect(reads).toEqual(['old', 'new'])
  })

  it('does not keep what was read before a change and arrived after it', async () => {
    const targets = new ConnectionTargets()
    let arrive: (value: ReturnType<typeof target>) => void = () => {}
    const first = targets.find('dgx-1', () => new Promise((resolve) => (arrive = resolve)))
    targets.forget()
    arrive(target('old'))
    expect((await first).hostname).toBe('old')
    expect((await targets.find('dgx-1', async () => target('new'))).hostname).toBe('new')
  })

  it('does not keep a failure', async () => {
    const targets = new ConnectionTargets()
    const gone = targets.find('dgx-1', () => Promise.reject(new Error('there is no such machine')))
    await expect(gone).rejects.toThrow('no such machine')
    expect((await targets.find('dgx-1', async () => target('new'))).hostname).toBe('new')
  })
})
