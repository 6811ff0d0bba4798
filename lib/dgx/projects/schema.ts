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
  connection_id: reference.nullable().describe('Id or name of its machine.'),
  name: name.describe('Need not be unique.'),
  description: text(10_000).nullable(),
  project_type: z.enum(PROJECT_TYPES),
  remote_path: line(4096).nullable().describe('Its folder on the machine.'),
  status: line(50).describe('Any word.'),
  config: jsonObject,
}

export const projectInput = z
  .strictObject({
    ...fields,
    connection_id: fields.connection_id.default(null),
    description: fields.description.default(null),
    project_type: fields.project_type.default('other'),
    remote_path: fields.remote_path.default(null),
    status: fields.status.default('active'),
    config: fields.config.default({}),
  })
  .meta({
    id: 'ProjectInput',
    examples: [{ name: 'vit', connection_id: 'dgx-1', project_type: 'computer_vision' }],
  })
export type ProjectInput = z.infer<typeof projectInput>

export const projectUpdate = ignoring(
  ['id', 'created_at', 'updated_at', 'jobs'],
  z.strictObject(fields).partial(),
).meta({ id: 'ProjectUpdate', examples: [{ status: 'archived' }] })
export type ProjectUpdate = z.infer<typeof projectUpdate>

export const projectListQuery = pageQuery.extend({
  connection_id: reference.optional().describe('Only projects of this machine: its id or name.'),
  status: words(fields.status).optional().describe('One, or several with commas between them.'),
  search: searchText.optional().describe('A part of the name.'),
  sort: sortBy('created', 'name', 'status')
    .optional()
    .describe('With `-` in front it descends. Without it the newest come first.'),
})
export type ProjectListQuery = z.infer<typeof projectListQuery>

export const projectDeleteQuery = z.strictObject({
  cascade: queryFlag.describe('Its jobs go, too.'),
  force: queryFlag,
})
