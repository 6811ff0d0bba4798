import { readFile } from 'node:fs/promises'
import path from 'node:path'

/** docs/agents.md as it is; the app runs in the folder of the repository. */
export async function guideAnswer(): Promise<Response> {
  const text = await readFile(path.join(process.cwd(), 'docs', 'agents.md'), 'utf8')
  return new Response(text, { headers: { 'content-type': 'text/markdown; charset=utf-8' } })
}
