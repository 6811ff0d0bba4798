/** What the list of projects shows, as its address says it. Pure. */

export const PROJECT_SORTS = [
  { key: '-created', label: 'Newest' },
  { key: 'created', label: 'Oldest' },
  { key: 'name', label: 'Name A to Z' },
  { key: '-name', label: 'Name Z to A' },
] as const

export type ProjectFilters = {
  search: string
  sort: (typeof PROJECT_SORTS)[number]['key']
  cursor: string
}

/** Reads an address leniently: what is none of the choices does not count. */
export function readProjectFilters(
  params: Record<string, string | string[] | undefined>,
): ProjectFilters {
  const one = (name: string) => [params[name]].flat()[0] ?? ''
  return {
    search: one('search').trim().slice(0, 200),
    sort: PROJECT_SORTS.find(({ key }) => key === one('sort'))?.key ?? '-created',
    cursor: one('cursor').slice(0, 1000),
  }
}

/** The query of an address with these filters; what is as usual is left out. */
export function writeProjectFilters({ search, sort, cursor }: ProjectFilters): string {
  const params = new URLSearchParams()
  if (search) params.set('search', search)
  if (sort !== '-created') params.set('sort', sort)
  if (cursor) params.set('cursor', cursor)
  return params.size > 0 ? `?${params}` : ''
}
