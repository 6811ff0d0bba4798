/** Calls of the REST API from the browser. */

export type ApiError = {
  code: string
  error: string
  details?: { path: string; message: string }[]
  data?: unknown
}

export type ApiResult<T> = { ok: true; data: T } | { ok: false; failure: ApiError }

/** Never throws: a server that is away is a failure like any other. */
export async function callApi<T>(
  method: string,
  path: string,
  body?: unknown,
): Promise<ApiResult<T>> {
  try {
    const response = await fetch(`/api/dgx/${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    const answer = await response.json()
    return answer.success ? { ok: true, data: answer.data } : { ok: false, failure: answer }
  } catch {
    return {
      ok: false,
      failure: {
        code: 'offline',
        error: 'The app does not answer. Is it still running? Start it and try again.',
      },
    }
  }
}

/** The message of a failure that belongs to one field. */
export function fieldError(failure: ApiError | null, field: string): string | undefined {
  return failure?.details?.find(({ path }) => path === field || path.startsWith(`${field}.`))
    ?.message
}
