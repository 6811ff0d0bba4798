/** What the tests need beside npm packages: an OpenSSH server and Chromium. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const PROGRAMS = [
  { name: 'openssh-server', files: ['/usr/sbin/sshd', '/usr/local/sbin/sshd'] },
  { name: 'openssh-client', files: ['/usr/bin/ssh', '/usr/local/bin/ssh'] },
  {
    name: 'chromium',
    files: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
  },
]

/** @param {string} command @param {readonly string[]} args */
const succeeds = (command, args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0

/** Installs what is missing through apt where that is allowed; else says what to install. */
export function ensureTestPrograms() {
  const missing = PROGRAMS.filter(({ files }) => !files.some(existsSync)).map(({ name }) => name)
  if (missing.length === 0) return
  const isRoot = process.getuid?.() === 0
  const canInstall = existsSync('/usr/bin/apt-get') && (isRoot || succeeds('sudo', ['-n', 'true']))
  if (!canInstall) {
    console.error(
      `The tests need ${missing.join(' and ')}. Install with: sudo apt-get install ${missing.join(' ')}`,
    )
    process.exit(1)
  }
  console.log(`Installing ${missing.join(', ')} for the tests ...`)
  const apt = (/** @type {string[]} */ ...args) => {
    // RUNLEVEL=1 keeps the package from starting a system-wide sshd: the tests run their own.
    const env = [
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      'RUNLEVEL=1',
      'apt-get',
      '-q',
      '-y',
      ...args,
    ]
    const [command = 'env', ...rest] = isRoot ? env : ['sudo', '-n', ...env]
    return spawnSync(command, rest, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0
  }
  if (!apt('update') || !apt('install', '--no-install-recommends', ...missing)) {
    console.error(`apt-get could not install ${missing.join(', ')}; its own words are above.`)
    process.exit(1)
  }
}
