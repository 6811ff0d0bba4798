import pino from 'pino'

/** The program's log: one JSON line an event, never bodies, keys or passwords. */
export const log = pino({ level: process.env.LOG_LEVEL || 'info' })
