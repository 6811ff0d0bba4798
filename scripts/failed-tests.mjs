/**
 * The failed tests out of the JSON reports of vitest and Playwright, so that the end of a run names
 * them: whoever reads only the end of a log still sees what failed and why.
 */
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'

const MOST_LINES = 12

/** @param {string} title @param {readonly (string | undefined)[]} messages */
function textOf(title, messages) {
  const text = stripVTControlCharacters(messages.filter(Boolean).join('\n')).trimEnd()
  const lines = text.split('\n').slice(0, MOST_LINES)
  return [title, ...lines.map((line) => `    ${line.slice(0, 200)}`)].join('\n')
}

/**
 * @param {{testResults: {name: string, message?: string, assertionResults: {status: string, fullName: string, failureMessages?: string[]}[]}[]}} report
 * @returns {string[]} a text for each failed test, and for each file that failed without one
 */
export function failedInVitest({ testResults }) {
  return testResults.flatMap(({ name, message, assertionResults }) => {
    const file = path.relative(process.cwd(), name)
    const failed = assertionResults.filter(({ status }) => status === 'failed')
    if (failed.length === 0 && message) return [textOf(file, [message])]
    return failed.map((test) => textOf(`${file} > ${test.fullName}`, test.failureMessages ?? []))
  })
}

/**
 * @typedef {{message?: string}} PlaywrightError
 * @typedef {{title: string, file: string, tests: {status: string, results: {errors: PlaywrightError[]}[]}[]}} Spec
 * @typedef {{suites?: Suite[], specs?: Spec[]}} Suite
 *
 * @param {Suite & {errors?: PlaywrightError[]}} report
 * @returns {string[]} a text for each failed test, and for each error outside of tests
 */
export function failedInPlaywright({ suites = [], specs = [], errors = [] }) {
  return [
    ...errors.map(({ message }) => textOf('outside of tests', [message])),
    ...specs.flatMap(({ file, title, tests }) =>
      tests
        .filter(({ status }) => status === 'unexpected' || status === 'flaky')
        .map(({ results }) =>
          textOf(
            `${file} > ${title}`,
            results.flatMap((result) => result.errors.map(({ message }) => message)),
          ),
        ),
    ),
    ...suites.flatMap((suite) => failedInPlaywright(suite)),
  ]
}
