/**
 * What is read of a `Request`. Who answers without Next makes just this: a whole `Request` with its
 * stream takes longer than anything else that a short command needs here.
 */
export type ApiRequest = Pick<Request, 'method' | 'url' | 'signal'> & {
  headers: Pick<Headers, 'get' | 'has'>
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array> | null
}

/** What Next calls for a request, and what our wrappers of it are. */
export type RouteFunction = (
  request: ApiRequest,
  context: { params: Promise<Record<string, string | string[] | undefined>> },
) => Promise<Response>
