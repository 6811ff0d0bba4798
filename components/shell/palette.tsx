'use client'

import { Autocomplete } from '@base-ui/react/autocomplete'
import { Dialog } from '@base-ui/react/dialog'
import {
  Boxes,
  CornerDownRight,
  FolderKanban,
  Plus,
  Search,
  Server,
  Settings2,
  Zap,
} from 'lucide-react'
import { useEffect, useState } from 'react'
import type { Job } from '@/lib/dgx/jobs/records'
import type { Project } from '@/lib/dgx/projects/answers'
import { callApi } from '../api'
import type { ListedMachine } from './machine-list'
import {
  type Command,
  type CommandGroup,
  type CommandKind,
  type Deed,
  paletteCommands,
} from './palette-commands'

const MOST_RECORDS = 200

const MARKS: Record<CommandKind, typeof Server> = {
  machine: Server,
  project: FolderKanban,
  job: Boxes,
  page: CornerDownRight,
  add: Plus,
  action: Zap,
  app: Settings2,
}

/** Goes to any machine, project or job, and does what can be done, by typing a part of its name. */
export default function Palette({
  machines,
  searched,
  onSearch,
  hasLogin,
  onClose,
  onChoose,
}: {
  machines: ListedMachine[]
  searched: string
  onSearch: (text: string) => void
  hasLogin: boolean
  onClose: () => void
  onChoose: (deed: Deed) => void
}) {
  const [projects, setProjects] = useState<Project[]>([])
  const [jobs, setJobs] = useState<Job[]>([])
  useEffect(() => {
    void callApi<Project[]>('GET', `projects?limit=${MOST_RECORDS}`).then((result) => {
      if (result.ok) setProjects(result.data)
    })
    void callApi<Job[]>('GET', `jobs?limit=${MOST_RECORDS}`).then((result) => {
      if (result.ok) setJobs(result.data)
    })
  }, [])
  return (
    <Dialog.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-overlay" />
        <Dialog.Viewport className="fixed inset-0 z-50 flex items-start justify-center px-3 pt-[12dvh]">
          <Dialog.Popup
            aria-label="Command palette"
            className="flex max-h-[min(32rem,75dvh)] w-full max-w-xl flex-col overflow-hidden rounded-xl border border-line bg-raised text-ink shadow-lg outline-none"
          >
            <Autocomplete.Root
              open
              inline
              value={searched}
              onValueChange={onSearch}
              items={paletteCommands({ machines, projects, jobs, hasLogin })}
              itemToStringValue={(command: Command) => command.label}
              autoHighlight="always"
              keepHighlight
            >
              <div className="flex items-center gap-2.5 border-line border-b px-4">
                <Search aria-hidden="true" className="size-4 shrink-0 text-soft" />
                <Autocomplete.Input
                  aria-label="Search commands"
                  placeholder="Go to a machine, project or job, or do something…"
                  className="h-12 w-full bg-transparent text-base outline-none placeholder:text-soft sm:text-sm"
                />
              </div>
              <div className="min-h-0 overflow-y-auto p-1.5">
                <Autocomplete.Empty>
                  <p className="px-3 py-6 text-center text-soft empty:hidden">
                    Nothing has that name.
                  </p>
                </Autocomplete.Empty>
                <Autocomplete.List>
                  {(group: CommandGroup) => (
                    <Group key={group.value} group={group} onChoose={onChoose} />
                  )}
                </Autocomplete.List>
              </div>
              <p className="flex justify-between border-line border-t px-4 py-2 text-soft text-xs">
                <span>↑ ↓ to move, Enter to choose</span>
                <Dialog.Close className="hover:text-ink">Esc to close</Dialog.Close>
              </p>
            </Autocomplete.Root>
          </Dialog.Popup>
        </Dialog.Viewport>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function Mark({ kind }: { kind: CommandKind }) {
  const Icon = MARKS[kind]
  return <Icon aria-hidden="true" className="size-4 shrink-0 text-soft" />
}

function Group({ group, onChoose }: { group: CommandGroup; onChoose: (deed: Deed) => void }) {
  return (
    <Autocomplete.Group items={group.items} className="pb-1">
      <Autocomplete.GroupLabel className="px-3 pt-2 pb-1 font-medium text-soft text-xs">
        {group.value}
      </Autocomplete.GroupLabel>
      <Autocomplete.Collection>
        {(command: Command) => (
          <Autocomplete.Item
            key={command.value}
            value={command}
            onClick={() => onChoose(command.deed)}
            className="flex min-h-9 cursor-default items-center justify-between gap-3 rounded-md px-3 data-highlighted:bg-sunken"
          >
            <span className="flex min-w-0 items-center gap-2.5">
              <Mark kind={command.kind} />
              <span className="truncate">{command.label}</span>
            </span>
            <span className="shrink-0 text-soft text-xs">{command.hint}</span>
          </Autocomplete.Item>
        )}
      </Autocomplete.Collection>
    </Autocomplete.Group>
  )
}
