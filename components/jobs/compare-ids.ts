/** The jobs of a comparison, as its address names them. Pure. */

/** More lines than that cannot be told apart. */
export const MOST_COMPARED = 8
export const FEWEST_COMPARED = 2

/** `ids=a,b,c`: each once, in order; `left` are those beyond the most that fit. */
export function readIds(value: string | string[] | undefined): { ids: string[]; left: string[] } {
  const words = [value].flat().join(',').split(',')
  const all = [...new Set(words.map((word) => word.trim()))].filter((word) => word !== '')
  return { ids: all.slice(0, MOST_COMPARED), left: all.slice(MOST_COMPARED) }
}

/** The address of a comparison. */
export function compareHref(
  ids: readonly string[],
  shown: { all?: boolean } = {},
): '/jobs/compare' {
  const query = `ids=${ids.map(encodeURIComponent).join(',')}${shown.all ? '&all=1' : ''}`
  // A query is not part of the type of a route.
  return `/jobs/compare?${query}` as '/jobs/compare'
}
