import { z } from 'zod'
import { isDgxError } from '../dgx/errors'
import { errorsOf, type Operation } from './operation'
import type { RouteFunction } from './route-function'

/** Tests run the app so: an answer that is not as it is described becomes a 500. */
export const isChecking = process.env.DGX_CHECK_ANSWERS === '1'

/** Lets through only what `operation` describes: the schema, the status, the error codes. */
export function checkAnswer(operation: Operation, answer: RouteFunction): RouteFunction {
  return async (request, context) => {
    let response: Response
    try {
      response = await answer(request, context)
    } catch (error) {
      if (isDgxError(error) && !errorsOf(operation, request.method).includes(error.code)) {
        throw new Error(`${operation.id} does not describe the error ${error.code}`, {
          cause: error,
        })
      }
      throw error
    }
    const problem = await problemOf(operation, response)
    if (problem) throw new Error(`${operation.id} does not answer what it describes: ${problem}`)
    return response
  }
}

/** The same of each event of a stream. */
export async function* checkEvents<E>(
  { id, events }: Operation,
  generator: AsyncGenerator<E, void, undefined>,
): AsyncGenerator<E, void, undefined> {
  for await (const event of generator) {
    const checked = events?.safeParse(asSent(event))
    if (checked && !checked.success) {
      throw new Error(`${id} does not describe this event: ${z.prettifyError(checked.error)}`)
    }
    yield event
  }
}

/** The JSON of an answer, with what `data` and `meta` are. */
export function envelopeOf({ returns, meta }: Operation) {
  return z.strictObject({
    success: z.literal(true),
    data: returns ?? z.unknown(),
    ...(meta ? { meta } : {}),
  })
}

async function problemOf(operation: Operation, response: Response): Promise<string | null> {
  const type = response.headers.get('content-type')?.split(';')[0] ?? ''
  if (operation.files && type in operation.files) return null
  if (operation.events && /ndjson|event-stream/.test(type)) return null
  if (type !== 'application/json') return `its type is ${type}`
  const expected = operation.status ?? 200
  const isOther = operation.mayCreateNothing && response.status === 200
  if (response.status !== expected && !isOther) {
    return `its status is ${response.status}, not ${expected}`
  }
  const checked = envelopeOf(operation).safeParse(await response.clone().json())
  return checked.success ? null : z.prettifyError(checked.error)
}

/** What JSON makes of a value. */
function asSent(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
