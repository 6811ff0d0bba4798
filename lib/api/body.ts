import { DgxError } from '../dgx/errors'
import type { ApiRequest } from './route-function'

export const DEFAULT_BODY_LIMIT_BYTES = 1024 * 1024
const MAX_DEPTH = 64

/**
 * Reads a body as JSON whatever its content type says (the seed's own curl lines send none).
 * `undefined` for an empty one.
 * @throws DgxError invalid_request, payload_too_large
 */
export async function readJson(request: ApiRequest, limitBytes: number): Promise<unknown> {
  const bytes = await readBytes(request, limitBytes)
  if (bytes.length === 0) return undefined
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new DgxError('invalid_request', 'The body is not UTF-8 text. Send JSON in UTF-8.')
  }
  if (text.trim() === '') return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new DgxError(
      'invalid_request',
      `The body is not JSON: ${(error as Error).message}. Quote names and strings with ".`,
    )
  }
  if (depthExceeds(value, MAX_DEPTH)) {
    throw new DgxError('invalid_request', `The body is nested deeper than ${MAX_DEPTH} levels.`)
  }
  return value
}

/** @throws DgxError payload_too_large */
export async function readBytes(request: ApiRequest, limitBytes: number): Promise<Uint8Array> {
  const tooLarge = () =>
    new DgxError(
      'payload_too_large',
      `The body is larger than ${Math.round(limitBytes / 1024)} KiB. Send less.`,
    )
  if (Number(request.headers.get('content-length') ?? 0) > limitBytes) throw tooLarge()
  if (!request.body) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body) {
    size += chunk.byteLength
    if (size > limitBytes) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Not recursive: the input decides how deep this would go. */
function depthExceeds(value: unknown, limit: number): boolean {
  let level: unknown[] = [value]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limit) return true
    level = level.flatMap((item) =>
      typeof item === 'object' && item !== null ? Object.values(item) : [],
    )
  }
  return false
}
