/** Next calls this once when the server starts. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { startRuntime } = await import('./lib/dgx/runtime')
  await startRuntime()
}
