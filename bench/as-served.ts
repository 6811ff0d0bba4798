/** The app as people run it: tests have it check its own answers, which costs time. */
export const AS_SERVED = { LOG_LEVEL: 'warn', DGX_CHECK_ANSWERS: '' }
