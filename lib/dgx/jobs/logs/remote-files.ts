import { randomBytes } from 'node:crypto'
import { DgxError } from '../../errors'
import { runCommand } from '../../ssh/exec'
import type { HostPool } from '../../ssh/host-pool'
import { quote } from '../../ssh/quote'
import { quotePath } from '../../ssh/remote-command'
import { JOBS_FOLDER } from '../runner/paths'

/** A part of a file below the folder of all jobs. */
export type FileRequest = {
  /** `<job id>/<attempt>/<file>` */
  path: string
  /** Where to begin; `end` is as far before the end as `max_bytes` reaches. */
  from: number | 'end'
  max_bytes: number
  /** Only the last lines of that part. */
  lines?: number | undefined
}

export type FilePart =
  | { state: 'there'; size: number; offset: number; bytes: Buffer }
  /** The folder is there, the file is not. */
  | { state: 'absent' }
  | { state: 'gone' }

const TIMEOUT_MS = 60_000

/**
 * Reads parts of any number of files with one command. It asks for all sizes at once, forks only for
 * files that have something to read, and seeks: how long a file is costs nothing.
 * @returns a part for each request, in order; `bytes` is empty where nothing is new
 * @throws DgxError not_connected, too_busy, connection_lost, ssh_timeout, exec_failed
 */
export async function readFiles(
  host: HostPool,
  requests: readonly FileRequest[],
  signal?: AbortSignal,
): Promise<FilePart[]> {
  const marker = randomBytes(8).toString('hex')
  const chunks: Buffer[] = []
  let complaint = ''
  const { exit } = await runCommand(
    host,
    { command: 'exec sh -s', stdin: readScript(requests, marker), timeout_ms: TIMEOUT_MS },
    {
      kind: 'short',
      signal,
      sink: (stream, chunk) => {
        if (stream === 'stdout') chunks.push(chunk)
        else if (complaint.length < 2_000) complaint += chunk.toString()
        return undefined
      },
    },
  )
  const { hostname } = host.target
  if (exit.kind === 'lost') {
    throw new DgxError(
      'connection_lost',
      `The connection to ${hostname} was lost while the log was read. Try again once it is connected.`,
    )
  }
  if (exit.kind === 'timeout') {
    throw new DgxError(
      'ssh_timeout',
      `${hostname} did not give the log within ${TIMEOUT_MS / 1000} s; its disk may hang. Try again later.`,
    )
  }
  const parts = parseParts(Buffer.concat(chunks), marker, requests)
  if (parts) return parts
  throw new DgxError(
    'exec_failed',
    `${hostname} did not give the log: ${complaint.trim().slice(0, 500) || 'the command ended early'}. It needs sh, stat, awk, head and tail.`,
  )
}

/** What says `@marker <index> gone|absent|<size> <offset>` and the bytes, for each request; then `end`. */
function readScript(requests: readonly FileRequest[], marker: string): string {
  const list = requests
    .map(({ path, from, max_bytes, lines = 0 }) => {
      if (!/^[\w-]+\/\d+\/[\w.-]+$/.test(path))
        throw new RangeError(`"${path}" is no file of a run`)
      return `${path} ${from === 'end' ? -1 : from} ${max_bytes} ${lines}`
    })
    .join('\n')
  const paths = requests.map(({ path }) => quote(path)).join(' ')
  return `M=${marker}
cd ${quotePath(JOBS_FOLDER)} 2>/dev/null||cd /
L=${quote(list)}
S=$(stat -Lc '%s %n' ${paths} 2>/dev/null)
printf '%s\\n-\\n%s\\n' "$S" "$L"|awk '$1=="-"{listed=1;next}
!listed{size[$2]=$1;next}
{print n++,$1,(($1 in size)?size[$1]:"-"),$2,$3,$4}'|while read -r i p s a m l
do
if [ "$s" = - ];then if [ -d "\${p%/*}" ];then echo "@$M $i absent";else echo "@$M $i gone";fi;continue;fi
[ "$a" -lt 0 ]&&a=$((s-m))
[ "$a" -lt 0 ]&&a=0
n=$((s-a))
[ "$n" -gt "$m" ]&&n=$m
[ "$n" -lt 0 ]&&n=0
echo "@$M $i $s $a $n"
[ "$n" -eq 0 ]&&continue
if [ "$l" -gt 0 ];then tail -c +$((a+1)) "$p" 2>/dev/null|head -c "$n"|tail -n "$l"
else tail -c +$((a+1)) "$p" 2>/dev/null|head -c "$n";fi
done
echo "@$M end"
`
}

/** Null when the answer is not whole. */
function parseParts(
  output: Buffer,
  marker: string,
  requests: readonly FileRequest[],
): FilePart[] | null {
  const parts: FilePart[] = []
  const mark = `@${marker} `
  let at = output.indexOf(mark)
  while (at >= 0) {
    const lineEnd = output.indexOf('\n', at)
    if (lineEnd < 0) return null
    const [index, size = '', offset, length] = output
      .subarray(at + mark.length, lineEnd)
      .toString()
      .split(' ')
    if (index === 'end') return parts.length === requests.length ? parts : null
    if (Number(index) !== parts.length) return null
    const next = output.indexOf(mark, lineEnd)
    if (next < 0) return null
    if (size === 'absent' || size === 'gone') parts.push({ state: size })
    else {
      const bytes = output.subarray(lineEnd + 1, next)
      // The last lines of a part begin where it has that many bytes left.
      const before = requests[parts.length]?.lines ? Number(length) - bytes.length : 0
      parts.push({ state: 'there', size: Number(size), offset: Number(offset) + before, bytes })
    }
    at = next
  }
  return null
}
