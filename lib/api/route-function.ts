/** What Next calls for a request, and what our wrappers of it are. */
export type RouteFunction = (
  request: Request,
  context: { params: Promise<Record<string, string | string[] | undefined>> },
) => Promise<Response>
