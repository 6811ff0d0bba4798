'use client'

import { FilterForm } from '../filter-form'
import { inputClass } from '../ui/field'
import { Select } from '../ui/select'
import { useFilters } from '../use-filters'
import {
  type AuditFilters,
  CALLERS,
  KINDS,
  OUTCOMES,
  SPANS,
  writeAuditFilters,
} from './audit-filters'

/** A choice in the address, under the name that it has there. */
const CHOICES = [
  { name: 'kind', label: 'What', options: KINDS },
  { name: 'caller', label: 'Who', options: CALLERS },
  { name: 'outcome', label: 'Outcome', options: OUTCOMES },
  { name: 'since', label: 'When', options: SPANS },
] as const

/** Search, and what is shown of whom, where and when. */
export function AuditFilterBar({
  filters,
  machines,
}: {
  filters: AuditFilters
  machines: { id: string; name: string }[]
}) {
  const { wanted, change, isPending } = useFilters(filters, writeAuditFilters)
  const isKnown = machines.some(({ id }) => id === wanted.connection_id)
  return (
    <FilterForm
      isPending={isPending}
      className="grid grid-cols-2 gap-2 sm:grid-cols-3 xl:grid-cols-6"
      onSubmit={() => change({ cursor: '' })}
    >
      <input
        type="search"
        name="q"
        aria-label="Search commands and names"
        placeholder="Search"
        className={`${inputClass} max-sm:col-span-2`}
        value={wanted.q}
        maxLength={200}
        onChange={(event) => change({ q: event.target.value, cursor: '' }, true)}
      />
      <Select
        name="connection_id"
        aria-label="Where"
        value={wanted.connection_id}
        onChange={(event) => change({ connection_id: event.target.value, cursor: '' })}
      >
        <option value="">All machines</option>
        {machines.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
        {wanted.connection_id && !isKnown && (
          <option value={wanted.connection_id}>{wanted.connection_id}</option>
        )}
      </Select>
      {CHOICES.map(({ name, label, options }) => (
        <Select
          key={name}
          name={name}
          aria-label={label}
          className={name === 'since' ? 'max-sm:col-span-2' : ''}
          value={wanted[name]}
          onChange={(event) => {
            const chosen = options.find(({ key }) => key === event.target.value)
            if (chosen) change({ [name]: chosen.key, cursor: '' })
          }}
        >
          {options.map((option) => (
            <option key={option.key} value={option.key}>
              {option.label}
            </option>
          ))}
        </Select>
      ))}
      {wanted.target_id && <input type="hidden" name="target_id" value={wanted.target_id} />}
    </FilterForm>
  )
}
