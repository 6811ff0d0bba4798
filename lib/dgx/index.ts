import 'server-only'

/** The product's one public entry: route handlers and pages call what is exported here. */

export { listAudit } from './audit/records'
export { listHostsToImport } from './connections/configured-hosts'
export {
  connectToDGX,
  createConnection,
  deleteConnection,
  disconnectAll,
  disconnectFromDGX,
  getConnection,
  getConnectionContents,
  getConnectionStatus,
  getFleetStatus,
  listConnections,
  reorderConnections,
  trustHostKey,
  updateConnection,
} from './connections/service'
export { streamConnectionTest, testConnection } from './connections/test'
export { startCommand, stopCommand, waitForCommand } from './exec/commands'
export { executeCommand, streamCommand } from './exec/service'
export {
  getGPUMetrics,
  getHostHistory,
  getMetricsHistory,
  latestMetrics,
  listHealthEvents,
} from './gpu/service'
export { getHealth } from './health'
export { getJobActivity } from './jobs/activity'
export { dryRunJob } from './jobs/dry-run'
export { listGpus } from './jobs/fleet-gpus'
export { downloadLog } from './jobs/logs/download'
export { followLogs, followRawLog } from './jobs/logs/follow'
export { readLogs, readRawLogs } from './jobs/logs/read'
export { searchLogs } from './jobs/logs/search'
export { listJobMetrics } from './jobs/metrics/records'
export { getJobSeries } from './jobs/metrics/series'
export { createJobOnce } from './jobs/once'
export { listQueue } from './jobs/queue'
export { listRecentRuns } from './jobs/recent-runs'
export { addJobMetrics, createJob, getJob, listJobs, updateJob } from './jobs/records'
export { deleteJob } from './jobs/removal'
export { cancelJob, cloneJob, retryJob, startJob } from './jobs/service'
export { waitForJob } from './jobs/wait'
export { createKey, getKey, listKeys, revokeKey, updateKey } from './keys/records'
export { recentSamples, streamLive } from './live/service'
export {
  createProject,
  deleteProject,
  ensureProject,
  getProject,
  getProjectRecord,
  listProjects,
  updateProject,
} from './projects/records'
export { getReport } from './report/service'
export {
  checkSafety,
  decideApproval,
  getSafety,
  listApprovals,
  updateSafety,
} from './safety/service'
