import type { FaultToken } from './csv'
import { cellNumber, findBusId, notAValue, printable, splitRow } from './csv'
import type { Column, FastValues, SlowValues } from './fields'
import { blankFastValues, blankSlowValues, FAST_COLUMNS, SLOW_COLUMNS } from './fields'
import { exitCodeError, gpuError, readMessage } from './messages'
import type { NullReason, SampleError, SampleErrorCode } from './types'

/** One GPU's row: its values, why some are null, and which faults its cells speak of. */
export type Row<T> = {
  values: T
  null_reasons: Record<string, NullReason>
  faults: ReadonlySet<FaultToken>
}

/** What a run of `nvidia-smi --query-gpu` gave. */
export type QueryResult<T> = {
  rows: Row<T>[]
  /** Bus ids that "Unable to determine the device handle" lines name. */
  lostBusIds: string[]
  /** Rows that hold faults only, so that nothing says whose they are. */
  anonymousRows: number
  /** False when the run was stopped or a row was cut: a GPU without a row may still be well. */
  isComplete: boolean
  /** The field that the driver does not know; it made the whole query fail. */
  unsupportedField: string | null
  errors: SampleError[]
}

/** A run of a program: exit code, and the lines of stdout and stderr. */
export type ProgramOutput = { exitCode: number; lines: readonly string[] }

const MAX_UNREADABLE_SHOWN = 3

/** Reads the output of the fast set; `fields` is the list that was asked for, in order. */
export function readFastRows(
  output: ProgramOutput,
  fields: readonly string[],
): QueryResult<FastValues> {
  return readRows(output, fields, FAST_COLUMNS, blankFastValues)
}

/** Reads the output of the slow set; `fields` is the list that was asked for, in order. */
export function readSlowRows(
  output: ProgramOutput,
  fields: readonly string[],
): QueryResult<SlowValues> {
  return readRows(output, fields, SLOW_COLUMNS, blankSlowValues)
}

type Identity = { uuid: string | null; pci_bus_id: string | null; index: number | null }

function readRows<T extends Identity>(
  output: ProgramOutput,
  fields: readonly string[],
  columns: ReadonlyMap<string, Column<T>>,
  blank: () => T,
): QueryResult<T> {
  const result: QueryResult<T> = {
    rows: [],
    lostBusIds: [],
    anonymousRows: 0,
    isComplete: true,
    unsupportedField: null,
    errors: [],
  }
  const plan = fields.map((field) => columns.get(field))
  const nameIndex = fields.indexOf('name')
  const seen = new Set<string>()
  const unreadable: string[] = []
  const said: string[] = []
  let failure: SampleErrorCode | null = null

  for (const line of output.lines) {
    const cells = splitRow(line, fields.length, nameIndex)
    if (cells !== null && startsLikeRow(cells[0] ?? '')) {
      const row = readRow(cells, plan, blank())
      const { uuid, pci_bus_id, index } = row.values
      if (uuid === null && pci_bus_id === null && index === null) {
        result.anonymousRows++
        continue
      }
      const key = uuid ?? pci_bus_id ?? String(index)
      if (!seen.has(key)) result.rows.push(row)
      seen.add(key)
      continue
    }
    const message = readMessage(line)
    if (message === null) {
      if (line.trim() !== '') unreadable.push(line)
      continue
    }
    said.push(line)
    if (message.kind === 'unsupported_field') {
      // Only what was asked for can be left out: any other name would be reported for ever.
      if (fields.includes(message.field)) result.unsupportedField ??= message.field
      else failure ??= 'nvidia_smi_failed'
    } else if (message.kind === 'failure') failure ??= message.code
    else if (message.kind === 'lost' && message.busId !== null)
      result.lostBusIds.push(message.busId)
    else if (message.kind === 'lost') failure ??= 'gpu_lost'
  }

  const isStopped = exitCodeError(output.exitCode) === 'nvidia_smi_hung'
  result.isComplete = !isStopped && !unreadable.some((line) => line.includes(','))
  result.errors = explain(output.exitCode, result, failure, said, unreadable)
  return result
}

/** The first field asked for is an index or a uuid. A greeting with many commas begins otherwise. */
function startsLikeRow(cell: string): boolean {
  return notAValue(cell) !== null || cellNumber(cell) !== null || /^(GPU|MIG)-/i.test(cell)
}

function readRow<T extends Identity>(
  cells: readonly string[],
  plan: ReadonlyArray<Column<T> | undefined>,
  values: T,
): Row<T> {
  const null_reasons: Record<string, NullReason> = {}
  const faults = new Set<FaultToken>()
  // Column pairs each key with the kind of its value; TypeScript cannot follow that through T.
  const target: Record<PropertyKey, unknown> = values
  plan.forEach((column, i) => {
    if (column === undefined) return
    const cell = cells[i] ?? ''
    const nothing = notAValue(cell)
    if (nothing !== null) {
      null_reasons[column.key as string] = nothing.reason
      if (nothing.fault !== null) faults.add(nothing.fault)
      return
    }
    const value = column.kind === 'number' ? cellNumber(cell) : printable(cell, 256)
    // Text where a number belongs: the driver had no number to give.
    if (value === null) null_reasons[column.key as string] = 'absent'
    else target[column.key] = value
  })
  if (values.pci_bus_id !== null)
    values.pci_bus_id = findBusId(values.pci_bus_id) ?? values.pci_bus_id
  return { values, null_reasons, faults }
}

/** The error of lines that an answer of nvidia-smi should not have. */
export function unreadableLines(lines: readonly string[]): SampleError {
  const shown = lines.slice(0, MAX_UNREADABLE_SHOWN).map((line) => printable(line, 120))
  return {
    code: 'row_unreadable',
    message: `nvidia-smi printed ${lines.length} line(s) that are no row of its answer: ${shown.join(' / ')}`,
  }
}

function explain<T>(
  exitCode: number,
  result: QueryResult<T>,
  failure: SampleErrorCode | null,
  said: readonly string[],
  unreadable: readonly string[],
): SampleError[] {
  const errors: SampleError[] = []
  const sentence = printable(said.join(' '), 300)
  if (result.unsupportedField !== null) {
    errors.push({
      code: 'field_unsupported',
      message: `This driver's nvidia-smi does not know the field "${printable(result.unsupportedField, 80)}"; sampling goes on without it.`,
    })
  } else if (result.lostBusIds.length > 0 || result.anonymousRows > 0) {
    errors.push(gpuError('gpu_lost', exitCode, sentence))
  } else if (failure !== null) {
    errors.push(gpuError(failure, exitCode, sentence))
  } else {
    const code = exitCodeError(exitCode)
    const words = sentence === '' ? printable(unreadable.join(' '), 300) : sentence
    if (code !== null) errors.push(gpuError(code, exitCode, words))
  }
  // After a failure that is explained already, its other lines are the rest of that message.
  if (unreadable.length > 0 && (errors.length === 0 || result.rows.length > 0)) {
    errors.push(unreadableLines(unreadable))
  }
  return errors
}
