/** The program `nvidia-smi` of a machine without a GPU. See state.mjs for how a machine is chosen. */
import { writeFileSync } from 'node:fs'
import { answer } from './answer.mjs'
import { readArguments } from './arguments.mjs'
import { EXIT } from './exit-codes.mjs'
import { readMachine } from './state.mjs'

const args = process.argv.slice(2)
const machine = readMachine(process.env, new Date())

// Node ignores SIGPIPE. The real program dies of it when its reader is gone: a shell's 141.
process.stdout.on('error', () => process.exit(141))

/** @param {boolean} isRepeat @param {typeof machine} of */
function print(isRepeat, of) {
  const { stdout, stderr, exitCode } = answer(args, of, { isRepeat })
  process.stdout.write(stdout)
  process.stderr.write(stderr)
  process.exitCode = exitCode
  return exitCode
}

if (machine.profile.hangs) {
  // As a process that waits for a wedged driver: only SIGKILL ends it.
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGINT', 'SIGHUP'])) {
    process.on(signal, () => {})
  }
  setInterval(() => {}, 2 ** 30)
} else {
  const code = print(false, machine)
  const { everyMs } = readArguments(args)
  // One lost GPU does not end a loop; what fails as a whole does.
  const goesOn = code === EXIT.ok || (code === EXIT.gpuLost && !machine.profile.failure)
  if (everyMs && goesOn) {
    setInterval(() => {
      const { profile, now } = readMachine(process.env, new Date())
      // What the driver lists at its start stays in a loop; only values and processes are new.
      const isSame = profile.driver === machine.profile.driver && !profile.hangs && !profile.failure
      print(true, isSame ? { profile, now } : { ...machine, now })
    }, everyMs)
  }
}

try {
  // A node script's process is called node; who looks for nvidia-smi among the processes finds it.
  writeFileSync('/proc/self/comm', 'nvidia-smi')
} catch {
  // Not on Linux: it keeps its name.
}
