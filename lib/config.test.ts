import { expect, it } from 'vitest'
import { readConfig } from './config.mjs'

it.each([
  [{ PORT: 'web' }, 'PORT must be a whole number from 1 to 65535.'],
  [{ PORT: '70000' }, 'PORT must be a whole number from 1 to 65535.'],
  [{ AUDIT_DAYS: '1.5' }, 'AUDIT_DAYS must be a whole number from 1 to 3660.'],
  [{ HOST_KEY_POLICY: 'yes' }, 'HOST_KEY_POLICY must be one of accept-new, ask.'],
  [{ DATABASE_URL: '/tmp/x.db' }, 'DATABASE_URL must start with file:.'],
  [{ API_SERVER_KEY: 'short' }, 'API_SERVER_KEY must have at least 8 characters.'],
  [{ HOST: '0.0.0.0' }, 'HOST=0.0.0.0 can be reached from other machines'],
])('says what to correct in %j', (env, says) => {
  expect(() => readConfig(env)).toThrow(says)
})

it('takes an empty variable for one that is not set', () => {
  expect(readConfig({ PORT: '', LOG_LEVEL: '' })).toMatchObject({ port: 3939, logLevel: 'info' })
})
