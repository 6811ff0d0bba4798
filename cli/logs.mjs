/** `dgx logs`: the bytes of a log as they are, from where they were last seen. */
import { untilAnswered } from './again.mjs'
import { ApiFailure, UsageFailure } from './client.mjs'
import { jobPath, waitForJob } from './wait.mjs'

/** @typedef {import('./main.mjs').Context} Context */
/** @typedef {import('./client.mjs').Client} Client */
/** @typedef {'stdout' | 'stderr'} Stream */

/** @type {readonly Stream[]} */
const STREAMS = ['stdout', 'stderr']
/** The most that one answer has. */
const PIECE_BYTES = 4 * 1024 * 1024

/** @param {Context} context @returns {Promise<void>} */
export async function logs({ client, print, json, options, positionals: [job = ''], signal }) {
  if (options.stream && !STREAMS.includes(options.stream))
    throw new UsageFailure(`--stream must be stdout or stderr, not "${options.stream}".`)
  const { id, attempt } = await client.get(jobPath(job), { signal })
  const tail = options.tail && String(options.tail)
  if (json) {
    const query = new URLSearchParams({
      ...(tail ? { tail } : {}),
      stream: options.stream ?? 'both',
    })
    return print(JSON.stringify(await client.get(`${jobPath(id)}/logs?${query}`), null, 2))
  }
  const streams = options.stream ? [options.stream] : STREAMS
  if (options.follow) {
    await followJob({ client, id, streams, from: attempt, tail, signal })
    return
  }
  // One after the other: nothing says which line of one came before which of the other.
  for (const stream of streams) await copy({ client, id, stream, attempt, tail, signal })
}

/**
 * The log of a job as it is written, and those of the runs that follow, until it has ended.
 * @param {{client: Client, id: string, streams?: readonly Stream[], from?: number, tail?: string | undefined, signal: AbortSignal}} options
 *   `from`: the first run that is shown; `tail`: only so many lines of it
 * @returns {Promise<any>} the job
 */
export async function followJob({ client, id, streams = STREAMS, from = 1, tail, signal }) {
  for (let attempt = Math.max(from, 1); ; attempt += 1) {
    const job = await waitForJob(client, id, signal, (now) => now.attempt >= attempt)
    if (job.attempt < attempt) return job
    const lines = attempt === from ? tail : undefined
    await Promise.all(
      streams.map((stream) =>
        copy({ client, id, stream, attempt, tail: lines, signal, follow: true }),
      ),
    )
  }
}

/**
 * Writes one stream of one run here.
 * @param {{client: Client, id: string, stream: Stream, attempt: number, tail?: string | undefined, follow?: boolean, signal: AbortSignal}} options
 */
async function copy({ client, id, stream, attempt, tail, follow = false, signal }) {
  if (attempt === 0) return
  let offset = 0
  let isTail = tail !== undefined
  /** @param {Record<string, string | number>} more */
  const ask = (more) =>
    client.send(
      'GET',
      `${jobPath(id)}/logs?${new URLSearchParams({ stream, attempt: `${attempt}`, format: 'raw', ...more })}`,
      { signal },
    )
  /** To the end as it is now. While its machine is away, a log may begin later than asked for. */
  const read = async () => {
    for (;;) {
      /** @type {Record<string, string>} */
      const from = isTail ? { tail: tail ?? '' } : { offset: String(offset) }
      const { headers, body } = await ask({ ...from, max_bytes: PIECE_BYTES })
      const at = Number(headers.get('x-log-offset'))
      if (!isTail && at > offset)
        console.error(`dgx: ${at - offset} bytes of ${stream} are not here; their machine is away.`)
      offset = at
      isTail = false
      await write(body)
      const isEnd = headers.get('x-log-eof') === 'true'
      const hasEnded = headers.get('x-log-ended') === 'true'
      if (isEnd) return hasEnded
      if (offset > at) continue
      if (hasEnded || !follow)
        console.error(`dgx: the rest of ${stream} is not here; its machine is away.`)
      return hasEnded
    }
  }
  /** @param {ReadableStream<Uint8Array> | null} body */
  const write = async (body) => {
    for await (const chunk of body ?? []) {
      // What has arrived counts, also when the next piece does not come.
      offset += chunk.length
      await writeTo(process[stream], chunk)
    }
  }
  try {
    if (!follow) return void (await read())
    while (!(await untilAnswered(read, signal))) {
      // That it broke off is no news: it is read again from there.
      const { body } = await untilAnswered(() => ask({ offset, follow: 'true' }), signal)
      await write(body).catch(() => signal.throwIfAborted())
    }
  } catch (error) {
    if (!(error instanceof ApiFailure) || error.code !== 'log_gone') throw error
    console.error(`dgx: ${error.message}`)
  }
}

/** Waits for a reader that is slow. @param {NodeJS.WriteStream} to @param {Uint8Array} chunk */
const writeTo = (to, chunk) =>
  new Promise((resolve) => {
    if (to.write(chunk)) resolve(undefined)
    else to.once('drain', resolve)
  })
