import { describe, expect, it } from 'vitest'
import type { Report, Use } from './answers'
import { REPORT_COLUMNS, reportCsv } from './csv'
import { reportMarkdown } from './markdown'

const USE: Use = {
  gpu_hours: {
    ...{ possible: 24, sampled: 20, busy: 10, held: 12, held_busy: 8, held_idle: 3.5 },
    ...{ other_busy: 2, free: null },
  },
  gpu_utilization: 50,
  energy_kwh: 4.25,
  energy_gpu_hours: 20,
}
const PEAKS = { peak_temperature_c: 81, peak_memory_used_mb: 40_960, memory_total_mb: 81_920 }
const JOBS = { completed: 2, failed: 1, cancelled: 0, running: 1 }
const FROM = '2026-11-25T12:00:00.000Z'
const TO = '2026-11-26T12:00:00.000Z'

/** Names that try to be something else. */
const FORMULA = '=HYPERLINK("http://evil.example","x")'
const MARKUP = 'a|b\n# <img src=x> `*[y](http://evil.example)'

const REPORT: Report = {
  ...{ from: FROM, to: TO, connection_id: null, project_id: null, coverage_percent: 83.3333 },
  total: { gpus: 1, ...USE },
  step_s: 86_400,
  series: [{ from: FROM, to: TO, ...USE }],
  machines: [
    { connection_id: 'c', name: FORMULA, gpus: 1, ...USE, ...PEAKS },
    { connection_id: null, name: null, gpus: 0, ...USE, ...PEAKS, peak_temperature_c: null },
  ],
  gpus: [
    {
      ...{ connection_id: 'c', connection_name: FORMULA, index: 0, uuid: 'GPU-1', name: 'H100' },
      gpu_hours: { possible: 24, sampled: 20, busy: 10, held: 12 },
      ...{ gpu_utilization: 50, energy_kwh: 4.25, ...PEAKS },
    },
  ],
  jobs: {
    ...{ total: 4, runs: 5, managed: JOBS, end_reasons: { exit_zero: 2, timed_out: 1 } },
    tracked: { completed: 0, failed: 0, cancelled: 0, running: 0 },
  },
  projects: [
    {
      ...{ project_id: 'p', name: MARKUP, jobs: JOBS, ...USE },
      best_metrics: [
        { name: '-val_loss_', better: 'lower', value: 0.25, step: 5, job_id: 'j', job_name: '@x' },
      ],
    },
  ],
  idle_jobs: [{ job_id: 'j', name: MARKUP, project_id: 'p', ...USE }],
}

/** RFC 4180, as a spreadsheet reads it. */
function cellsOf(csv: string): string[][] {
  return csv
    .trimEnd()
    .split('\r\n')
    .map((line) =>
      Array.from(line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g), ([, cell = '']) =>
        cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell,
      ).slice(0, REPORT_COLUMNS.length),
    )
}

describe('a report as a table', () => {
  const [head, ...rows] = cellsOf(reportCsv({ ...REPORT, idle_jobs: [] }).replace(/\n# /g, ' # '))

  it('has a row for each measure of each thing', () => {
    expect(head).toEqual([...REPORT_COLUMNS])
    expect(new Set(rows.map(([scope]) => scope))).toEqual(
      new Set(['total', 'step', 'machine', 'gpu', 'project', 'best_metric', 'jobs']),
    )
    expect(rows.every((row) => row.length === REPORT_COLUMNS.length)).toBe(true)
    const keys = rows.map((row) => row.slice(0, -1).join('\t'))
    expect(new Set(keys).size).toBe(keys.length)
    expect(rows).toContainEqual(['total', FROM, TO, '', '', '', '', '', 'gpu_hours_held', '12'])
    expect(rows).toContainEqual(['total', FROM, TO, '', '', '', '', '', 'gpu_hours_free', ''])
    expect(rows).toContainEqual(['jobs', FROM, TO, '', '', '', '', '', 'ended_timed_out', '1'])
  })

  it('lets no name be a formula, and keeps it otherwise as it is', () => {
    expect(rows.flat().filter((cell) => /^[=+@-]/.test(cell))).toEqual([])
    expect(rows.map((row) => row[4])).toContain(`'${FORMULA}`)
    expect(rows.find(([scope]) => scope === 'best_metric')?.slice(7)).toEqual([
      "'@x",
      "'-val_loss_",
      '0.25',
    ])
  })
})

describe('a report as a document', () => {
  const text = reportMarkdown(REPORT)

  it('has its figures in tables of equal width, what is unknown as a dash', () => {
    expect(text).toMatch(/^# GPU report\n\n2026-11-25 12:00 to 2026-11-26 12:00 UTC\n/)
    expect(text).toContain('| GPU-hours sampled | 20.00 of 24.00 (83.3 %) |')
    expect(text).toContain('| Free | – |')
    expect(text).toContain('| `timed_out` | 1 |')
    const blocks = text.split('\n\n').filter((block) => block.startsWith('|'))
    expect(blocks.length).toBeGreaterThan(7)
    for (const block of blocks) {
      const widths = block.split('\n').map((line) => line.match(/(?<!\\)\|/g)?.length)
      expect([block, new Set(widths).size]).toEqual([block, 1])
    }
  })

  it('lets no name end its cell or be markup', () => {
    expect(text).toContain('a\\|b \\# \\<img src=x\\> \\`\\*\\[y\\](http://evil.example)')
    expect(text).toContain('| -val_loss\\_ (lower is better) |')
    expect(text.match(/^# /gm)).toHaveLength(1)
  })

  it('of a project leaves out what is not of its runs', () => {
    const ofProject = reportMarkdown({ ...REPORT, project_id: 'p', machines: [], gpus: [] })
    expect(ofProject).toContain('UTC, project a\\|b')
    for (const absent of ['Free', '## Machines', '## GPUs\n', 'GPU-hours sampled']) {
      expect(ofProject.split('## By the day')[0]).not.toContain(absent)
    }
  })
})
