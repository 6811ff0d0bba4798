/** Next calls this once when the server starts. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const [{ startRuntime, runtime }, { upgradeHandler }] = await Promise.all([
    import('./lib/dgx/runtime'),
    import('./lib/api/upgrade'),
  ])
  await startRuntime()
  runtime().upgrade = upgradeHandler([])
}
