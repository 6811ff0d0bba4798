'use client'

import { Ellipsis, Pencil, Play, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Badge } from '../ui/badge'
import { Button } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { Field, inputClass } from '../ui/field'
import { IconButton } from '../ui/icon-button'
import { Kbd } from '../ui/kbd'
import { Menu, MenuItem, MenuSeparator } from '../ui/menu'
import { Popover } from '../ui/popover'
import { Tabs } from '../ui/tabs'
import { toast } from '../ui/toast'
import { Tooltip } from '../ui/tooltip'
import { Section, Shown } from './section'

/** What opens, and what is shown one at a time. */
export function Floating() {
  const [isOpen, setOpen] = useState(false)
  return (
    <Section title="Opening and closing">
      <Shown name="Dialog">
        <Button onClick={() => setOpen(true)}>Open a dialog</Button>
        {isOpen && (
          <Dialog title="Rename the machine" onClose={() => setOpen(false)}>
            <Field label="Name" hint="As you call it">
              <input className={inputClass} defaultValue="dgx-1" />
            </Field>
            <div className="flex justify-end gap-2">
              <Button onClick={() => setOpen(false)}>Cancel</Button>
              <Button kind="primary" onClick={() => setOpen(false)}>
                Rename
              </Button>
            </div>
          </Dialog>
        )}
      </Shown>
      <Shown name="Tooltip">
        <Tooltip text="Sampled every 2 s while someone looks, every 10 s else">
          <Button>Rest here</Button>
        </Tooltip>
      </Shown>
      <Shown name="Popover">
        <Popover
          title="GPU 3 slows down"
          onHover
          trigger={
            <button type="button" className="rounded-full">
              <Badge tone="warn">1 warning</Badge>
            </button>
          }
        >
          <p className="text-soft">It is at 87 °C and its clock is held at 1,200 MHz.</p>
        </Popover>
      </Shown>
      <Shown name="Menu">
        <Menu
          align="start"
          trigger={<IconButton label="More" icon={<Ellipsis aria-hidden="true" />} kind="plain" />}
        >
          <MenuItem
            icon={<Play aria-hidden="true" />}
            shortcut={<Kbd>R</Kbd>}
            onClick={() => toast({ title: 'Started' })}
          >
            Run a command
          </MenuItem>
          <MenuItem icon={<Pencil aria-hidden="true" />} href="/connections">
            Edit
          </MenuItem>
          <MenuItem disabled>Connect</MenuItem>
          <MenuSeparator />
          <MenuItem icon={<Trash2 aria-hidden="true" />} tone="bad">
            Delete
          </MenuItem>
        </Menu>
      </Shown>
      <Shown name="Tabs">
        <div className="w-full min-w-0">
          <Tabs
            label="Machine"
            tabs={[
              { value: 'charts', label: 'Charts', content: 'Lines over time.' },
              { value: 'jobs', label: 'Jobs', count: 3, content: 'Three jobs.' },
              { value: 'terminal', label: 'Terminal', disabled: true, content: null },
            ]}
          />
        </div>
      </Shown>
      <Shown name="toast">
        <Button onClick={() => toast({ title: 'Settings are as they were' })}>Plain</Button>
        <Button onClick={() => toast({ title: 'Connected to dgx-1', tone: 'good' })}>Good</Button>
        <Button
          onClick={() =>
            toast({
              title: 'dgx-2 is 40 s behind',
              description: 'Its last sample is shown until the next one comes.',
              tone: 'warn',
            })
          }
        >
          Warning
        </Button>
        <Button
          onClick={() =>
            toast({
              title: 'The job was not stopped',
              description: 'dgx-3 did not answer within 10 s.',
              tone: 'bad',
              action: { label: 'Try again', onClick: () => toast({ title: 'Trying again' }) },
            })
          }
        >
          Bad, with an action
        </Button>
      </Shown>
    </Section>
  )
}
