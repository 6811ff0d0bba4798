-- AlterTable
ALTER TABLE "dgx_job_metrics" ADD COLUMN "attempt" INTEGER;
ALTER TABLE "dgx_job_metrics" ADD COLUMN "log_id" TEXT;
ALTER TABLE "dgx_job_metrics" ADD COLUMN "step" REAL;

-- CreateTable
CREATE TABLE "dgx_job_attempts" (
    "job_id" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "connection_id" TEXT,
    "phase" TEXT NOT NULL,
    "gpu_uuids" JSONB NOT NULL,
    "gpu_indices" JSONB NOT NULL,
    "run_token" TEXT NOT NULL,
    "created_at" DATETIME NOT NULL,
    "started_at" DATETIME,
    "ended_at" DATETIME,
    "end_reason" TEXT,
    "exit_code" INTEGER,
    "exit_signal" TEXT,
    "boot_id" TEXT,
    "pid" INTEGER,
    "process_group" INTEGER,
    "git_commit" TEXT,
    "git_is_dirty" BOOLEAN,
    "git_diff" TEXT,
    "stdout_bytes" REAL NOT NULL DEFAULT 0,
    "stderr_bytes" REAL NOT NULL DEFAULT 0,
    "stdout_scanned_bytes" REAL NOT NULL DEFAULT 0,
    "stderr_scanned_bytes" REAL NOT NULL DEFAULT 0,
    "metrics_scanned_bytes" REAL NOT NULL DEFAULT 0,
    "gpu_seconds" REAL NOT NULL DEFAULT 0,
    "busy_gpu_seconds" REAL NOT NULL DEFAULT 0,
    "energy_joules" REAL NOT NULL DEFAULT 0,
    "peak_gpu_memory_mb" REAL,
    "idle_since" DATETIME,

    PRIMARY KEY ("job_id", "attempt"),
    CONSTRAINT "dgx_job_attempts_job_id_fkey" FOREIGN KEY ("job_id") REFERENCES "dgx_training_jobs" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "dgx_gpu_leases" (
    "connection_id" TEXT NOT NULL,
    "gpu_uuid" TEXT NOT NULL,
    "job_id" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "taken_at" DATETIME NOT NULL,

    PRIMARY KEY ("connection_id", "gpu_uuid"),
    CONSTRAINT "dgx_gpu_leases_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "dgx_connections" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "dgx_gpu_leases_job_id_fkey" FOREIGN KEY ("job_id") REFERENCES "dgx_training_jobs" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "dgx_job_labels" (
    "job_id" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "label" TEXT NOT NULL,
    "stream" TEXT NOT NULL,
    "line" TEXT NOT NULL,
    "offset_bytes" REAL NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 1,
    "first_at" DATETIME NOT NULL,
    "last_at" DATETIME NOT NULL,

    PRIMARY KEY ("job_id", "attempt", "label"),
    CONSTRAINT "dgx_job_labels_job_id_attempt_fkey" FOREIGN KEY ("job_id", "attempt") REFERENCES "dgx_job_attempts" ("job_id", "attempt") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "dgx_job_log_tails" (
    "job_id" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "stream" TEXT NOT NULL,
    "offset_bytes" REAL NOT NULL,
    "content" BLOB NOT NULL,
    "updated_at" DATETIME NOT NULL,

    PRIMARY KEY ("job_id", "attempt", "stream"),
    CONSTRAINT "dgx_job_log_tails_job_id_attempt_fkey" FOREIGN KEY ("job_id", "attempt") REFERENCES "dgx_job_attempts" ("job_id", "attempt") ON DELETE CASCADE ON UPDATE CASCADE
);

-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_dgx_training_jobs" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "project_id" TEXT,
    "name" TEXT NOT NULL,
    "model_name" TEXT,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "config" JSONB NOT NULL,
    "metrics" JSONB NOT NULL,
    "container_id" TEXT,
    "notes" TEXT,
    "tags" JSONB,
    "started_at" DATETIME,
    "completed_at" DATETIME,
    "created_at" DATETIME NOT NULL,
    "updated_at" DATETIME NOT NULL,
    "command" TEXT,
    "working_dir" TEXT,
    "env" JSONB,
    "gpus" INTEGER NOT NULL DEFAULT 0,
    "gpu_indices" JSONB,
    "min_gpu_memory_mb" INTEGER,
    "priority" INTEGER NOT NULL DEFAULT 0,
    "timeout_s" INTEGER,
    "max_retries" INTEGER NOT NULL DEFAULT 0,
    "depends_on" JSONB,
    "connection_ids" JSONB,
    "log_labels" JSONB,
    "metric_pattern" TEXT,
    "phase" TEXT,
    "wait_reason" TEXT,
    "end_reason" TEXT,
    "status_message" TEXT,
    "exit_code" INTEGER,
    "exit_signal" TEXT,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "retries_left" INTEGER NOT NULL DEFAULT 0,
    "queued_at" DATETIME,
    "cancel_requested_at" DATETIME,
    "connection_id" TEXT,
    "last_seen_at" DATETIME,
    CONSTRAINT "dgx_training_jobs_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "dgx_projects" ("id") ON DELETE SET NULL ON UPDATE CASCADE,
    CONSTRAINT "dgx_training_jobs_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "dgx_connections" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);
INSERT INTO "new_dgx_training_jobs" ("completed_at", "config", "container_id", "created_at", "id", "metrics", "model_name", "name", "notes", "project_id", "started_at", "status", "updated_at") SELECT "completed_at", "config", "container_id", "created_at", "id", "metrics", "model_name", "name", "notes", "project_id", "started_at", "status", "updated_at" FROM "dgx_training_jobs";
DROP TABLE "dgx_training_jobs";
ALTER TABLE "new_dgx_training_jobs" RENAME TO "dgx_training_jobs";
CREATE INDEX "dgx_training_jobs_project_id_idx" ON "dgx_training_jobs"("project_id");
CREATE INDEX "dgx_training_jobs_status_idx" ON "dgx_training_jobs"("status");
CREATE INDEX "dgx_training_jobs_phase_idx" ON "dgx_training_jobs"("phase");
CREATE INDEX "dgx_training_jobs_connection_id_idx" ON "dgx_training_jobs"("connection_id");
CREATE INDEX "dgx_training_jobs_created_at_id_idx" ON "dgx_training_jobs"("created_at", "id");
CREATE INDEX "dgx_training_jobs_name_idx" ON "dgx_training_jobs"("name");
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;

-- CreateIndex
CREATE INDEX "dgx_job_attempts_connection_id_phase_idx" ON "dgx_job_attempts"("connection_id", "phase");

-- CreateIndex
CREATE INDEX "dgx_gpu_leases_job_id_idx" ON "dgx_gpu_leases"("job_id");

-- CreateIndex
CREATE UNIQUE INDEX "dgx_job_metrics_job_id_log_id_key" ON "dgx_job_metrics"("job_id", "log_id");
