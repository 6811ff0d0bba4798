import { describe, expect, it } from 'vitest'
import { withoutCall } from './without-call'

describe('what a page says of a job that waits', () => {
  it.each([
    ['Waits to be started: POST /api/dgx/jobs/:id/start.', 'Waits to be started.'],
    [
      'Waits until dgx-1 is connected: POST /api/dgx/connect/:id.',
      'Waits until dgx-1 is connected.',
    ],
    [
      'Waits until one (fa437509-e1ec-4714-b177-007774b06163), two (v2) have completed.',
      'Waits until one, two (v2) have completed.',
    ],
    ['it is started: POST /api/dgx/jobs/6e2f9a10/start', 'it is started'],
    [
      'Waits until dgx-1, dgx-2 can be reached again.',
      'Waits until dgx-1, dgx-2 can be reached again.',
    ],
    ['Failed: curl: POST /api/dgx/x gave 500', 'Failed: curl: POST /api/dgx/x gave 500'],
  ])('makes of %j %j', (sentence, said) => expect(withoutCall(sentence)).toBe(said))
})
