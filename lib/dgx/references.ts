import { DgxError, type ErrorCode } from './errors'

type Noun = 'connection' | 'project' | 'job' | 'key'

const NOT_FOUND: Record<Noun, ErrorCode> = {
  connection: 'connection_not_found',
  project: 'project_not_found',
  job: 'job_not_found',
  key: 'key_not_found',
}

/**
 * Finds one record by its id or its exact name; ids win.
 * @throws DgxError *_not_found, ambiguous_name (the ids are in `details`)
 */
export async function findByIdOrName<Row extends { id: string; name: string }>(options: {
  reference: string
  noun: Noun
  find: (where: { OR: [{ id: string }, { name: string }] }) => Promise<Row[]>
}): Promise<Row> {
  const { reference, noun, find } = options
  const rows = await find({ OR: [{ id: reference }, { name: reference }] })
  const byId = rows.find((row) => row.id === reference)
  if (byId) return byId
  const [row] = rows
  if (!row) {
    throw new DgxError(
      NOT_FOUND[noun],
      `There is no ${noun} with the id or name "${reference.slice(0, 100)}". GET /api/dgx/${noun}s lists them.`,
    )
  }
  if (rows.length > 1) {
    throw new DgxError(
      'ambiguous_name',
      `${rows.length} ${noun}s are named "${reference}". Use an id.`,
      {
        details: rows.map(({ id }) => ({ path: 'id', message: id })),
      },
    )
  }
  return row
}
