import { z } from 'zod'
import { ensureProject } from '../dgx'
import { reference } from '../dgx/fields'
import { projectInput } from '../dgx/projects/schema'
import { tool } from './tool'

const { name, description, project_type, remote_path } = projectInput.shape

export const createProject = tool({
  name: 'create_project',
  title: 'Create a project',
  description:
    'A project is what runs belong to: it has a machine and a folder there, and the report sums it up. Where there is one of this name already, that one is given and nothing is changed.',
  input: z.strictObject({
    name: name.describe('What start_job takes as "project".'),
    machine: reference.nullable().default(null).describe('Name or id; where its jobs run.'),
    remote_path,
    project_type,
    description,
  }),
  output: z.strictObject({
    id: z.string(),
    name: z.string(),
    connection_id: z.string().nullable(),
    remote_path: z.string().nullable(),
    is_new: z.boolean(),
  }),
  annotations: {
    readOnlyHint: false,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: false,
  },
  audit: {
    action: 'createProject',
    subject: 'project',
    endOf: ({ id, is_new }) => (is_new ? { reference: id } : null),
  },
  run: async ({ machine, ...input }) => {
    const order = projectInput.parse({ ...input, connection_id: machine })
    const { project, is_new } = await ensureProject(order)
    const { id, name, connection_id, remote_path } = project
    return {
      data: { id, name, connection_id, remote_path, is_new },
      text: `${is_new ? 'Created' : 'It was there already'}: ${name} (${id})`,
    }
  },
})
