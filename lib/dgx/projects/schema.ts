import { z } from 'zod'
import {
  ignoring,
  jsonObject,
  line,
  name,
  queryFlag,
  reference,
  searchText,
  text,
  words,
} from '../fields'
import { pageQuery, sortBy } from '../pagination'

export const PROJECT_TYPES = [
  'computer_vision',
  'nlp',
  'reinforcement_learning',
  'generative',
  'other',
] as const

const fields = {
  connection_id: reference.nullable(),
  name,
  description: text(10_000).nullable(),
  project_type: z.enum(PROJECT_TYPES),
  remote_path: line(4096).nullable(),
  status: line(50),
  config: jsonObject,
}

export const projectInput = z.strictObject({
  ...fields,
  connection_id: fields.connection_id.default(null),
  description: fields.description.default(null),
  project_type: fields.project_type.default('other'),
  remote_path: fields.remote_path.default(null),
  status: fields.status.default('active'),
  config: fields.config.default({}),
})
export type ProjectInput = z.infer<typeof projectInput>

export const projectUpdate = ignoring(
  ['id', 'created_at', 'updated_at', 'jobs'],
  z.strictObject(fields).partial(),
)
export type ProjectUpdate = z.infer<typeof projectUpdate>

export const projectListQuery = pageQuery.extend({
  connection_id: reference.optional(),
  status: words(fields.status).optional(),
  search: searchText.optional(),
  sort: sortBy('created', 'name', 'status').optional(),
})
export type ProjectListQuery = z.infer<typeof projectListQuery>

export const projectDeleteQuery = z.strictObject({ cascade: queryFlag, force: queryFlag })
