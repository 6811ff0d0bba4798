'use client'

import { LayoutGrid, Plus, RotateCw, Rows3, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../ui/button'
import { Checkbox } from '../ui/checkbox'
import { CopyButton } from '../ui/copy-button'
import { Field, inputClass } from '../ui/field'
import { IconButton } from '../ui/icon-button'
import { Kbd } from '../ui/kbd'
import { Segmented } from '../ui/segmented'
import { Select } from '../ui/select'
import { Switch } from '../ui/switch'
import { Section, Shown } from './section'

const KINDS = ['primary', 'plain', 'danger', 'quiet'] as const

/** What is pressed, ticked, chosen and typed into. */
export function Controls() {
  const [view, setView] = useState<'grid' | 'table'>('grid')
  const [range, setRange] = useState<'live' | '1h' | '24h' | '7d'>('live')
  return (
    <Section title="Controls">
      {(['md', 'sm'] as const).map((size) => (
        <Shown key={size} name={`Button ${size}`}>
          {KINDS.map((kind) => (
            <Button key={kind} kind={kind} size={size}>
              {kind === 'primary' && <Plus aria-hidden="true" />}
              {kind === 'danger' && <Trash2 aria-hidden="true" />}
              {kind}
            </Button>
          ))}
          <Button kind="primary" size={size} disabled>
            disabled
          </Button>
          <Button size={size} disabled busy>
            Saving
          </Button>
        </Shown>
      ))}
      <Shown name="IconButton">
        <IconButton label="Refresh" icon={<RotateCw aria-hidden="true" />} />
        <IconButton label="Add" kind="plain" icon={<Plus aria-hidden="true" />} />
        <IconButton label="Delete" kind="danger" size="sm" icon={<Trash2 aria-hidden="true" />} />
        <IconButton label="Not now" disabled icon={<RotateCw aria-hidden="true" />} />
      </Shown>
      <Shown name="CopyButton">
        <CopyButton text="nvidia-smi" />
        <CopyButton text="curl http://127.0.0.1:3939/api/health" label="Copy as curl" words />
      </Shown>
      <Shown name="Segmented">
        <Segmented
          label="Range"
          value={range}
          onChange={setRange}
          options={[
            { value: 'live', label: 'Live' },
            { value: '1h', label: '1 h' },
            { value: '24h', label: '24 h' },
            { value: '7d', label: '7 d', disabled: true },
          ]}
        />
        <Segmented
          label="View"
          value={view}
          onChange={setView}
          iconOnly
          options={[
            { value: 'grid', label: 'Grid', icon: <LayoutGrid aria-hidden="true" /> },
            { value: 'table', label: 'Table', icon: <Rows3 aria-hidden="true" /> },
          ]}
        />
      </Shown>
      <Shown name="Checkbox">
        <Checkbox label="GPU 0" defaultChecked />
        <Checkbox label="GPU 1" />
        <Checkbox label="All GPUs" mixed />
        <Checkbox label="Use an agent" hint="What ssh-add has loaded" />
        <Checkbox label="Not here" disabled defaultChecked />
      </Shown>
      <Shown name="Switch">
        <Switch label="Sampling" defaultChecked />
        <Switch label="Remember" />
        <Switch label="Not here" disabled />
      </Shown>
      <Shown name="Field, Select">
        <div className="grid w-full gap-4 sm:grid-cols-2">
          <Field label="Name" hint="As you call it">
            <input className={inputClass} placeholder="dgx-1" />
          </Field>
          <Field label="Host" error="The host is empty. Give its name or its address.">
            <input className={inputClass} aria-invalid="true" />
          </Field>
          <Field label="Port">
            <input className={inputClass} defaultValue="22" disabled />
          </Field>
          <Field label="Project">
            <Select>
              <option>vision</option>
              <option>language</option>
            </Select>
          </Field>
        </div>
      </Shown>
      <Shown name="Kbd">
        <span className="text-soft">
          Press <Kbd>Ctrl</Kbd> <Kbd>K</Kbd> to go anywhere
        </span>
      </Shown>
    </Section>
  )
}
