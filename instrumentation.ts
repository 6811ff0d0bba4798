/** Next calls this once when the server starts. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const [
    { startRuntime, runtime },
    { upgradeHandler },
    { serveLive },
    { serveTerminal },
    { recordRefusedTerminal },
    { directPost },
    execRoute,
  ] = await Promise.all([
    import('./lib/dgx/runtime'),
    import('./lib/api/upgrade'),
    import('./lib/api/live-socket'),
    import('./lib/api/terminal-socket'),
    import('./lib/api/audited-terminal'),
    import('./lib/api/direct'),
    import('./app/api/dgx/exec/[id]/route'),
  ])
  await startRuntime()
  runtime().upgrade = upgradeHandler([
    { path: /^\/api\/dgx\/live$/, scope: 'read', serve: serveLive },
    {
      path: /^\/api\/dgx\/terminal\/([^/]+)$/,
      scope: 'run',
      serve: serveTerminal,
      onRefusal: recordRefusedTerminal,
    },
  ])
  // In development Next loads a route anew when it was changed.
  if (process.env.NODE_ENV === 'production')
    runtime().direct = directPost(/^\/api\/dgx\/exec\/([^/]+)$/, execRoute.POST)
  // The server holds WebSockets back until here.
  Reflect.get(globalThis, Symbol.for('dgx.registered'))?.()
}
