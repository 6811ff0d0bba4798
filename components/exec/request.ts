/** A command as the person asks for it. */
export type ExecRequest = { command: string; cwd: string; timeoutMs: number }

/** What the API is sent. */
export function requestBody({ command, cwd, timeoutMs }: ExecRequest): string {
  return JSON.stringify({
    command,
    timeout_ms: timeoutMs,
    ...(cwd.trim() === '' ? {} : { cwd: cwd.trim() }),
  })
}

/** The same request for a shell, to be pasted as it is. */
export function curlCommand(origin: string, connectionId: string, request: ExecRequest): string {
  const url = `${origin}/api/dgx/exec/${connectionId}`
  return `curl -N -X POST ${quote(url)} -H 'Accept: application/x-ndjson' -d ${quote(requestBody(request))}`
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
