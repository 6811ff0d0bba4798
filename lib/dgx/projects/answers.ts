import { z } from 'zod'
import { jsonObject, moment } from '../fields'
import { job } from '../jobs/answers'
import { PROJECT_TYPES } from './schema'

/** What is answered about projects. */

export const project = z
  .strictObject({
    id: z.string(),
    connection_id: z.string().nullable(),
    name: z.string(),
    description: z.string().nullable(),
    project_type: z.enum(PROJECT_TYPES),
    remote_path: z.string().nullable(),
    status: z.string(),
    config: jsonObject,
    created_at: moment,
    updated_at: moment,
  })
  .meta({
    id: 'Project',
    examples: [
      {
        id: 'b81d44f0-2c7a-4f19-8e0d-5a6b3c9d7e12',
        connection_id: '3f0c2a5e-7d41-4b7e-9a55-1c2e8f60b9d4',
        name: 'vit',
        description: null,
        project_type: 'computer_vision',
        remote_path: null,
        status: 'active',
        config: {},
        created_at: '2026-11-23T19:52:10.106Z',
        updated_at: '2026-11-23T19:52:10.106Z',
      },
    ],
  })
export type Project = z.infer<typeof project>

export const projectWithJobs = project
  .extend({ jobs: z.array(job).describe('Its newest 1000.') })
  .meta({ id: 'ProjectWithJobs' })
