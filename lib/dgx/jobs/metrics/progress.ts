import { readNumber } from './points'

/** What a progress bar says: where it stands, and the numbers beside it. */
export type Progress = {
  done: number
  total: number
  numbers: [string, number][]
  /** Of the epoch that the bar itself names; null where it names none. */
  epoch: { number: number; total: number | null } | null
}

const TQDM =
  /^([^%]{0,300}?)\s*\d{1,3}%\|[^|]{0,400}\|\s*(\d{1,12})\/(\d{1,12})\s*\[([^\]]{0,4000})/
const TQDM_RATE = /(?:it|steps?|batch(?:es)?)\/s$|^[\d.?]+s\/(?:it|steps?|batch(?:es)?)$/
const POSTFIX = /^([A-Za-z_][\w ./@-]{0,249})=(\S+)$/

/** Bars over something else than steps of training. */
const OTHER_WORK =
  /valid|sanity|test|predict|eval|infer|generat|load|map|token|fetch|file|shard|sav/i

const EPOCH = /\bepoch\s*[:=#]?\s*\[?(\d{1,9})(?:\s*\/\s*(\d{1,9}))?/i

/**
 * A tqdm bar, as Lightning and HuggingFace draw theirs:
 * `Epoch 0:  22%|██▏ | 4/18 [00:17<01:02, 4.47s/it, train_loss=10.0]`. Null for bars over bytes,
 * files or validation, and for what is no bar.
 */
export function readTqdm(line: string): Progress | null {
  const [, title, done, total, times] = TQDM.exec(line) ?? []
  if (title === undefined || times === undefined || OTHER_WORK.test(title)) return null
  const [, rate, ...postfix] = times.split(', ')
  if (rate === undefined || !TQDM_RATE.test(rate.trim())) return null
  const numbers = postfix.flatMap((part): [string, number][] => {
    const [, name, text] = POSTFIX.exec(part.trim()) ?? []
    const value = text === undefined ? null : readNumber(text)
    return name === undefined || value === null ? [] : [[name, value]]
  })
  return { done: Number(done), total: Number(total), numbers, epoch: readEpoch(title) }
}

/** True for any bar of tqdm: its title and its end are nothing else. */
export const isTqdm = (line: string): boolean =>
  /%\|[^|]{0,400}\|\s{0,20}[^\s/]{1,20}\/\S{1,20}\s{0,20}\[/.test(line)

const KERAS = /^(\d{1,12})\/(\d{1,12})\s/
const KERAS_VALUE = /^([A-Za-z_][\w ./]{0,249}): (\S+)$/

/**
 * A line of Keras' bar: `10/10 ━━━━ 1s 5ms/step - accuracy: 0.9000 - loss: 0.3000`, or of
 * `verbose=2`. Null for what is none, and for one without numbers.
 */
export function readKeras(line: string): Progress | null {
  const [, done, total] = KERAS.exec(line) ?? []
  if (done === undefined) return null
  const numbers = line.split(' - ').flatMap((part): [string, number][] => {
    const [, name, text] = KERAS_VALUE.exec(part.trim()) ?? []
    const value = text === undefined ? null : readNumber(text)
    return name === undefined || value === null ? [] : [[name.trim().replaceAll(' ', '_'), value]]
  })
  if (numbers.length === 0) return null
  return { done: Number(done), total: Number(total), numbers, epoch: null }
}

/** `Epoch 3/10` on a line of its own, as Keras begins one. */
export function readEpochLine(line: string): Progress['epoch'] {
  return /^epoch \d+\/\d+:?$/i.test(line) ? readEpoch(line) : null
}

function readEpoch(text: string): Progress['epoch'] {
  const [, number, total] = EPOCH.exec(text) ?? []
  if (number === undefined) return null
  return { number: Number(number), total: total === undefined ? null : Number(total) }
}
