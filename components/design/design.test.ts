import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'

const here = import.meta.dirname
const ui = path.resolve(here, '../ui')

it('shows every component of components/ui', () => {
  const shown = readdirSync(here)
    .filter((file) => file.endsWith('.tsx'))
    .map((file) => readFileSync(path.join(here, file), 'utf8'))
    .join('\n')
  const components = readdirSync(ui)
    .filter((file) => file.endsWith('.tsx') && !file.includes('.test.'))
    .map((file) => path.parse(file).name)
  expect(components.filter((name) => !shown.includes(`'../ui/${name}'`))).toEqual([])
})
