import { FIELDS, type MachineValues } from './machine-fields'

/** In the tab, so that a form closed by accident opens as it was left. No secret is ever in it. */
const KEY = 'machine-draft'

export function readDraft(): Partial<MachineValues> {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? '{}') as Record<string, unknown>
    return Object.fromEntries(
      FIELDS.flatMap((field) => (typeof kept[field] === 'string' ? [[field, kept[field]]] : [])),
    )
  } catch {
    // Browsers may refuse storage; then nothing is remembered.
    return {}
  }
}

export function keepDraft(values: MachineValues): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(values))
  } catch {}
}

export function forgetDraft(): void {
  try {
    sessionStorage.removeItem(KEY)
  } catch {}
}
