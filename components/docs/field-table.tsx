import { Table } from '../ui/table'
import type { Field } from './fields'
import { inline } from './prose'

export function FieldTable({ caption, fields }: { caption: string; fields: readonly Field[] }) {
  return (
    <Table caption={caption} head={['Field', 'Type', 'Meaning']}>
      {fields.map(({ path, type, isRequired, description }) => (
        <tr key={path}>
          <td className="whitespace-nowrap font-mono text-xs">
            {path}
            {isRequired && (
              <span title="required" className="text-bad">
                <span aria-hidden="true">*</span>
                <span className="sr-only"> required</span>
              </span>
            )}
          </td>
          <td className="min-w-32 max-w-72 break-words font-mono text-soft text-xs">{type}</td>
          <td className="min-w-48">{inline(description)}</td>
        </tr>
      ))}
    </Table>
  )
}
