import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'

export type DgxCommand = ReturnType<typeof dgxCommand>

/** The `dgx` command as a program of its own, with these variables. */
export function dgxCommand(environment: Record<string, string>) {
  const start = (args: string[], env: Record<string, string> = {}) => {
    const child = spawn(
      process.execPath,
      [path.resolve(import.meta.dirname, '../cli/dgx.mjs'), ...args],
      { env: { ...process.env, ...environment, ...env } },
    )
    const said = { stdout: '', stderr: '' }
    child.stdout.on('data', (chunk) => {
      said.stdout += chunk
    })
    child.stderr.on('data', (chunk) => {
      said.stderr += chunk
    })
    return { child, said }
  }
  const dgx = async (
    args: string[],
    options: { env?: Record<string, string>; stdin?: string } = {},
  ) => {
    const { child, said } = start(args, options.env)
    child.stdin.end(options.stdin)
    const [code] = await once(child, 'close')
    return { code, ...said }
  }
  return { start, dgx }
}
