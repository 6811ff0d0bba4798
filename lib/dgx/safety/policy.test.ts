import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgeCommand } from './policy'
import { PRESETS } from './presets'

const OPEN = { read_only: false, deny: [], confirm: [] }
const PRESET = { ...OPEN, confirm: PRESETS.map(({ pattern }) => pattern) }
const outcomeOf = (command: string) => judgeCommand(PRESET, command).outcome

describe('the ready set asks a person about', () => {
  it.each([
    'rm -rf /',
    'rm -fr /',
    'rm -r -f ~',
    'rm -Rf "$HOME"',
    "rm -rf '/'",
    'rm -rf /*',
    'rm --recursive --force /',
    'rm -rf --no-preserve-root /',
    'sudo rm -rf /',
    'sudo -u root rm -rf /etc',
    'cd /tmp && rm -rf ~/',
    'rm -rf build /raid',
    'rm -rf *',
    'rm -rf .',
    'echo start; rm -rf /home',
    'true\nrm -rf /data',
    'rm \\\n -rf /',
    '/bin/rm -rf /',
    'bash -c "rm -rf /"',
    '$(rm -rf ~)',
    'if true; then rm -rf /; fi',
    'ls | xargs rm -rf /',
    'find / -name "*.ckpt" -delete',
    'find ~ -type f -exec rm {} \\;',
    'mkfs.ext4 /dev/nvme0n1',
    'sudo mkfs -t xfs /dev/sda1',
    'wipefs -a /dev/sdb',
    'dd if=/dev/zero of=/dev/sda bs=1M',
    'cat image > /dev/sda',
    'echo 1 >/dev/nvme0n1',
    'cat image | sudo tee /dev/sda',
    'shutdown -h now',
    'sudo reboot',
    'FORCE=1 reboot',
    '/sbin/poweroff',
    'halt',
    'make && shutdown now',
    'systemctl reboot',
    'sudo init 0',
    'nvidia-smi --gpu-reset',
    'nvidia-smi --gpu-reset -i 0',
    'sudo nvidia-smi -i 0 -r',
    'nvidia-smi -i 0 -mig 1',
    'nvidia-smi mig -dci',
    ':(){ :|:& };:',
    'bomb() { bomb | bomb & }; bomb',
    'userdel -r alice',
    'sudo deluser bob',
    'chmod -R 777 /',
    'chmod 777 -R /etc',
    'sudo chown -R me:me /usr/',
    'kill -9 -1',
  ])('%s', (command) => {
    expect(outcomeOf(command)).toBe('needs_confirmation')
  })
})

describe('the ready set lets pass', () => {
  it.each([
    'rm -rf ./build',
    'rm -rf build',
    'rm -rf /tmp/run-1',
    'rm -rf ~/runs/old',
    'rm -rf "$HOME/runs/old"',
    'rm -rf /raid/me/checkpoints',
    'rm -rf *.tmp',
    'rm -rf runs/*',
    'rm notes.txt',
    'rm /tmp',
    'echo rm -rf /',
    'echo shutdown',
    'grep reboot /var/log/syslog',
    'last reboot | head',
    'python train.py --on-end shutdown',
    'python train.py --output /raid/me --resume -r',
    'cat docs/mkfs.md',
    'dd if=/dev/zero of=/dev/null count=1',
    'dd if=/dev/sda of=backup.img',
    'python train.py > /dev/null 2>&1',
    'echo done > /dev/stderr',
    'nvidia-smi',
    'nvidia-smi --query-gpu=name,mig.mode.current --format=csv',
    'nvidia-smi -q -d POWER',
    'nvidia-smi -L',
    'systemctl status reboot.target',
    'find . -name "*.pyc" -delete',
    'find /raid/me -name "*.tmp" -delete',
    'chmod -R u+w ./data',
    'chmod 644 /etc/motd',
    'chown -R me /raid/me',
    'kill -9 12345',
    'kill -1 12345',
    'f() { ls | wc -l; }; f',
  ])('%s', (command) => {
    expect(outcomeOf(command)).toBe('allowed')
  })
})

describe('a policy', () => {
  it('is open without patterns, and says nothing but no on a machine that is read-only', () => {
    expect(judgeCommand(OPEN, 'rm -rf /')).toEqual({ outcome: 'allowed' })
    expect(judgeCommand({ ...PRESET, read_only: true }, 'ls')).toEqual({ outcome: 'read_only' })
  })

  it('denies before it asks, and names the pattern', () => {
    const both = { ...OPEN, deny: ['a', 'docker'], confirm: ['docker'] }
    expect(judgeCommand(both, 'docker ps')).toMatchObject({ outcome: 'denied', pattern: 'docker' })
  })

  it('sees through quotes and broken lines, and knows the lines of a script', () => {
    const policy = { ...OPEN, deny: ['^docker\\s+rm'] }
    for (const command of [
      'docker rm x',
      'cd x\ndocker rm y',
      `d"ock"er 'rm' x`,
      'docker \\\nrm x',
    ])
      expect(judgeCommand(policy, command).outcome).toBe('denied')
    expect(judgeCommand(policy, 'echo docker rm').outcome).toBe('allowed')
  })

  it('lets nothing pass that a pattern could not be tried on in time', () => {
    const command = `${'a'.repeat(40)}!`
    const began = performance.now()
    const slow = { ...OPEN, deny: ['x', '(a+)+$'] }
    expect(judgeCommand(slow, command)).toEqual({
      ...{ outcome: 'denied', pattern: '(a+)+$', is_too_slow: true },
    })
    expect(performance.now() - began).toBeLessThan(5_000)
    // What another command takes too long for is not held against this one.
    expect(judgeCommand(slow, 'ls').outcome).toBe('allowed')
  })

  it('answers soon whatever the command is', () => {
    const hostile = ['rm '.repeat(40_000), '-r '.repeat(40_000), 'sudo '.repeat(30_000)]
    for (const command of [...hostile, `rm ${'-r '.repeat(40_000)}`, ' /'.repeat(60_000)]) {
      const began = process.cpuUsage()
      judgeCommand(PRESET, command)
      expect(process.cpuUsage(began).user / 1000).toBeLessThan(5_000)
    }
  })

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (command) => {
        expect(judgeCommand(PRESET, command).outcome).toMatch(/allowed|needs_confirmation/)
      }),
      { numRuns: 50 },
    )
  })
})
