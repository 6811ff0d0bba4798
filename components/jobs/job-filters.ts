/** What a list of jobs shows, as its address says it. Pure. */

export const STATUSES = ['pending', 'running', 'completed', 'failed', 'cancelled'] as const
type Status = (typeof STATUSES)[number]

export const SORTS = [
  { key: '-created', label: 'Newest' },
  { key: 'created', label: 'Oldest' },
  { key: '-started', label: 'Started last' },
  { key: 'started', label: 'Started first' },
  { key: 'name', label: 'Name A to Z' },
  { key: '-name', label: 'Name Z to A' },
  { key: 'status', label: 'Status' },
] as const
type Sort = (typeof SORTS)[number]['key']

export type JobFilters = {
  search: string
  status: Status[]
  project_id: string
  sort: Sort
  cursor: string
}

type SearchParams = Record<string, string | string[] | undefined>

const NO_FILTERS: JobFilters = {
  search: '',
  status: [],
  project_id: '',
  sort: '-created',
  cursor: '',
}

/** Reads an address leniently: what is none of the choices does not count. */
export function readFilters(params: SearchParams): JobFilters {
  const one = (name: string) => [params[name]].flat()[0] ?? ''
  const words = [params['status']].flat().join(',').split(',')
  return {
    search: one('search').trim().slice(0, 200),
    status: STATUSES.filter((status) => words.includes(status)),
    project_id: one('project_id').slice(0, 400),
    sort: SORTS.find(({ key }) => key === one('sort'))?.key ?? NO_FILTERS.sort,
    cursor: one('cursor').slice(0, 1000),
  }
}

/** The query of an address with these filters; what is as usual is left out. */
export function writeFilters(filters: JobFilters): string {
  const params = new URLSearchParams()
  if (filters.search) params.set('search', filters.search)
  if (filters.status.length > 0) params.set('status', filters.status.join(','))
  if (filters.project_id) params.set('project_id', filters.project_id)
  if (filters.sort !== NO_FILTERS.sort) params.set('sort', filters.sort)
  if (filters.cursor) params.set('cursor', filters.cursor)
  const text = params.toString().replaceAll('%2C', ',')
  return text && `?${text}`
}

/** True when a job may be hidden by what is asked for. */
export function isFiltered({ search, status, project_id }: JobFilters): boolean {
  return search !== '' || status.length > 0 || project_id !== ''
}
