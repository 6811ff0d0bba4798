/** Next calls this once when the server starts. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const [{ startRuntime, runtime }, { upgradeHandler }, { serveLive }] = await Promise.all([
    import('./lib/dgx/runtime'),
    import('./lib/api/upgrade'),
    import('./lib/api/live-socket'),
  ])
  await startRuntime()
  runtime().upgrade = upgradeHandler([{ path: /^\/api\/dgx\/live$/, serve: serveLive }])
}
