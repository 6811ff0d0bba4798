/** The target of a request, as sent: a path with a query, and nothing else. */

const NOT_A_PATH = {
  status: 400,
  code: 'invalid_request',
  message: 'The request must name a path that starts with "/".',
}
const BROKEN_ESCAPE = {
  status: 400,
  code: 'invalid_request',
  message: 'The path has a broken escape (%). Encode it as UTF-8.',
}

/** @param {string | undefined} target */
export function pathnameOf(target) {
  return (target ?? '').split('?')[0] ?? ''
}

/**
 * Null when Next can take it. Next believes the host in a whole URL, which the guard has not
 * seen, and answers 500 to `*` and to an escape that is none.
 * @param {string | undefined} target
 * @returns {import('./responses.mjs').Refusal | null}
 */
export function checkTarget(target) {
  if (!target?.startsWith('/')) return NOT_A_PATH
  try {
    decodeURIComponent(pathnameOf(target))
    return null
  } catch {
    return BROKEN_ESCAPE
  }
}
