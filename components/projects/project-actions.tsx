'use client'

import Link from 'next/link'
import { useState } from 'react'
import type { Project } from '@/lib/dgx/projects/answers'
import { DeleteDialog } from '../connections/delete-dialog'
import { JobForm } from '../jobs/job-form'
import { Button, buttonClass } from '../ui/button'
import { ProjectForm } from './project-form'

type Machine = { id: string; name: string }

export function NewProject({ machines }: { machines: Machine[] }) {
  const [isOpen, setIsOpen] = useState(false)
  return (
    <>
      <Button kind="primary" onClick={() => setIsOpen(true)}>
        New project
      </Button>
      {isOpen && <ProjectForm machines={machines} onClose={() => setIsOpen(false)} />}
    </>
  )
}

/** Edit, delete, and a new job in one project. */
export function ProjectActions({ project, machines }: { project: Project; machines: Machine[] }) {
  const [open, setOpen] = useState<'edit' | 'delete' | 'job' | null>(null)
  const close = () => setOpen(null)
  return (
    <>
      <Link href={`/jobs/new?project=${project.id}`} className={buttonClass('primary')}>
        Start a job
      </Link>
      <Button onClick={() => setOpen('job')}>Track a run</Button>
      <Button onClick={() => setOpen('edit')}>Edit</Button>
      <Button kind="danger" onClick={() => setOpen('delete')}>
        Delete
      </Button>
      {open === 'edit' && <ProjectForm project={project} machines={machines} onClose={close} />}
      {open === 'job' && <JobForm projects={[project]} onClose={close} />}
      {open === 'delete' && (
        <DeleteDialog
          title={`Delete ${project.name}?`}
          path={`projects/${project.id}`}
          goTo="/projects"
          onClose={close}
        >
          Its jobs stay, without a project, so that no experiment is lost.
        </DeleteDialog>
      )}
    </>
  )
}
