import type { ServerChannel } from 'ssh2'

/** What a command says and how it ends. */
export type Reply = { code: number; out?: string; error?: string; afterMs?: number }

/**
 * Plays a shell on a terminal: it shows a prompt, echoes what is typed, knows backspace, ctrl+C
 * and ctrl+D, and gives each line to `replyTo`. Nothing is run.
 */
export function playShell(
  channel: ServerChannel,
  hostname: string,
  replyTo: (line: string) => Reply,
): void {
  const prompt = `\x1b[32mdemo@${hostname}\x1b[0m:~$ `
  let line = ''
  let code = 0
  let running: NodeJS.Timeout | undefined
  const show = (text: string) => channel.write(text.replaceAll('\n', '\r\n'))
  const end = () => {
    channel.exit(code)
    channel.end()
  }
  const enter = () => {
    const command = line.trim()
    line = ''
    show('\n')
    if (command === 'exit') return end()
    if (command === '') return show(prompt)
    const { out = '', error = '', afterMs = 0, ...reply } = replyTo(command)
    const answer = () => {
      running = undefined
      code = reply.code
      show(`${out}${error}${prompt}`)
    }
    // What is pasted may be several lines: only a command that takes its time keeps them out.
    if (afterMs > 0) running = setTimeout(answer, afterMs)
    else answer()
  }
  const take = (key: string) => {
    if (key === '\x03') {
      clearTimeout(running)
      running = undefined
      line = ''
      code = 130
      show(`^C\n${prompt}`)
    } else if (running) return
    else if (key === '\r' || key === '\n') enter()
    else if (key === '\x04' && line === '') end()
    else if (key === '\x7f' && line !== '') {
      line = line.slice(0, -1)
      show('\b \b')
    } else if (key >= ' ' && key !== '\x7f') {
      line += key
      show(key)
    }
  }
  channel.on('error', () => {})
  channel.on('data', (typed: Buffer) => {
    // Arrow keys and the marks around a paste are not played.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one.
    const keys = typed.toString().replace(/\x1b(\[[0-9;?]*[A-Za-z~]|O.)/g, '')
    for (const key of keys) take(key)
  })
  channel.on('close', () => clearTimeout(running))
  show(`Welcome to ${hostname}, a simulated machine. Try nvidia-smi.\n${prompt}`)
}
