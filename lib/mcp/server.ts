import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import { log } from '../log'
import { commandOutput, runCommand, stopCommandTool } from './commands'
import { cancelJobTool, jobStatus, startJob, waitForJobTool } from './jobs'
import { jobLogs } from './logs'
import { connectMachine, gpuStatus, listMachines } from './machines'
import { compareJobs, jobMetrics } from './metrics'
import { createProject } from './projects'
import { reportTool } from './report'
import { addResources } from './resources'
import type { Registration } from './tool'

const INSTRUCTIONS = `Runs commands and training jobs on NVIDIA machines that this app reaches by SSH.
A training run: list_machines, connect_machine, gpu_status, create_project, start_job (waits for GPUs by itself), wait_for_job until it has ended, job_logs, job_metrics, compare_jobs, report.
Short commands: run_command. Machines, projects and jobs are named by id or exact name.
Unknown values are null, never 0. Answers are short; each says how to get more. Everything else is at GET /api/dgx/openapi.json.`

/** In the order in which they are listed. */
const TOOLS: readonly Registration[] = [
  listMachines,
  connectMachine,
  gpuStatus,
  runCommand,
  commandOutput,
  stopCommandTool,
  createProject,
  startJob,
  jobStatus,
  waitForJobTool,
  jobLogs,
  jobMetrics,
  compareJobs,
  cancelJobTool,
  reportTool,
]

/** One for each request: nothing is kept between them, so a restart of the app strands nobody. */
function createServer(): McpServer {
  const server = new McpServer(
    { name: 'dgx-command-center', title: 'DGX Command Center', version: '0.1.0' },
    { instructions: INSTRUCTIONS },
  )
  for (const register of TOOLS) register(server)
  addResources(server)
  return server
}

const mcp = createMcpHandler(createServer, {
  onerror: (error) => log.warn({ err: error }, 'an MCP request failed'),
})

/** Both ways in which the older protocol may answer; it asks every client to name both. */
const BOTH = 'application/json, text/event-stream'

/**
 * Answers a request of the Model Context Protocol, of either revision (2025-11-25, 2026-07-28).
 * Guard and key were checked by the server.
 */
export async function answerMcp(request: Request): Promise<Response> {
  const accept = request.headers.get('accept') ?? '*/*'
  if (!accept.includes('*/*')) return mcp.fetch(request)
  // curl takes anything, which is more than both.
  const headers = new Headers(request.headers)
  headers.set('accept', BOTH)
  const { url, method, body, signal } = request
  // Node asks for `duplex` with a body that is a stream; the DOM's type does not know it.
  const init: RequestInit & { duplex: 'half' } = { method, headers, body, signal, duplex: 'half' }
  return mcp.fetch(new Request(url, init))
}
