import { describe, expect, it } from 'vitest'
import { quotePath } from '@/lib/dgx/ssh/remote-command'
import { jobFolder, RUN_FILES, runFolder } from './paths'
import type { RunFacts, RunSpec } from './types'

describe('the folders of a run', () => {
  it('are one per job and one per attempt, below the home folder', () => {
    const run: Pick<RunFacts & RunSpec, 'job_id' | 'attempt'> = { job_id: 'a1-b2', attempt: 3 }
    expect(quotePath(`${runFolder(run)}/${RUN_FILES.stdout}`)).toBe(
      '"$HOME"/.dgx-command-center/jobs/a1-b2/3/stdout.log',
    )
  })

  it('are refused for what would lead elsewhere', () => {
    for (const id of ['', '..', 'a/b', '-a b', 'a\n']) {
      expect(() => jobFolder(id)).toThrow(RangeError)
    }
    for (const attempt of [0, -1, 1.5, Number.NaN]) {
      expect(() => runFolder({ job_id: 'a', attempt })).toThrow(RangeError)
    }
  })
})
