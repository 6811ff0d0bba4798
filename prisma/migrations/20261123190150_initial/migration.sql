-- CreateTable
CREATE TABLE "dgx_connections" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "hostname" TEXT NOT NULL,
    "username" TEXT NOT NULL,
    "ssh_key_path" TEXT,
    "port" INTEGER NOT NULL DEFAULT 22,
    "is_active" BOOLEAN NOT NULL DEFAULT false,
    "sample_interval_ms" INTEGER NOT NULL DEFAULT 2000,
    "last_connected_at" DATETIME,
    "created_at" DATETIME NOT NULL,
    "updated_at" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "dgx_host_keys" (
    "connection_id" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "key_type" TEXT NOT NULL,
    "key_base64" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "trusted_at" DATETIME NOT NULL,

    PRIMARY KEY ("connection_id", "address", "key_type"),
    CONSTRAINT "dgx_host_keys_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "dgx_connections" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "dgx_projects" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "connection_id" TEXT,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "project_type" TEXT NOT NULL DEFAULT 'other',
    "remote_path" TEXT,
    "status" TEXT NOT NULL DEFAULT 'active',
    "config" JSONB NOT NULL,
    "created_at" DATETIME NOT NULL,
    "updated_at" DATETIME NOT NULL,
    CONSTRAINT "dgx_projects_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "dgx_connections" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "dgx_training_jobs" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "project_id" TEXT,
    "name" TEXT NOT NULL,
    "model_name" TEXT,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "config" JSONB NOT NULL,
    "metrics" JSONB NOT NULL,
    "container_id" TEXT,
    "started_at" DATETIME,
    "completed_at" DATETIME,
    "created_at" DATETIME NOT NULL,
    "updated_at" DATETIME NOT NULL,
    CONSTRAINT "dgx_training_jobs_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "dgx_projects" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "dgx_job_metrics" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "job_id" TEXT NOT NULL,
    "metrics" JSONB NOT NULL,
    "recorded_at" DATETIME NOT NULL,
    CONSTRAINT "dgx_job_metrics_job_id_fkey" FOREIGN KEY ("job_id") REFERENCES "dgx_training_jobs" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "dgx_gpus" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "connection_id" TEXT NOT NULL,
    "uuid" TEXT NOT NULL,
    "gpu_index" INTEGER,
    "pci_bus_id" TEXT,
    "name" TEXT,
    "last_seen_at" DATETIME NOT NULL,
    CONSTRAINT "dgx_gpus_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "dgx_connections" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "dgx_metrics" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "connection_id" TEXT NOT NULL,
    "gpu_id" INTEGER NOT NULL,
    "gpu_utilization" REAL,
    "memory_used_mb" REAL,
    "memory_total_mb" REAL,
    "temperature_c" REAL,
    "power_watts" REAL,
    "recorded_at" DATETIME NOT NULL,
    CONSTRAINT "dgx_metrics_gpu_id_fkey" FOREIGN KEY ("gpu_id") REFERENCES "dgx_gpus" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable. WITHOUT ROWID (by hand): rows lie in key order, so a range reads neighbouring pages.
CREATE TABLE "dgx_metric_rollups" (
    "gpu_id" INTEGER NOT NULL,
    "bucket_s" INTEGER NOT NULL,
    "bucket_start" DATETIME NOT NULL,
    "sample_count" INTEGER NOT NULL,
    "gpu_utilization" REAL,
    "gpu_utilization_min" REAL,
    "gpu_utilization_max" REAL,
    "memory_used_mb" REAL,
    "memory_used_mb_min" REAL,
    "memory_used_mb_max" REAL,
    "memory_total_mb" REAL,
    "temperature_c" REAL,
    "temperature_c_min" REAL,
    "temperature_c_max" REAL,
    "power_watts" REAL,
    "power_watts_min" REAL,
    "power_watts_max" REAL,

    PRIMARY KEY ("gpu_id", "bucket_s", "bucket_start"),
    CONSTRAINT "dgx_metric_rollups_gpu_id_fkey" FOREIGN KEY ("gpu_id") REFERENCES "dgx_gpus" ("id") ON DELETE CASCADE ON UPDATE CASCADE
) WITHOUT ROWID;

-- CreateTable
CREATE TABLE "dgx_idempotency_keys" (
    "key" TEXT NOT NULL PRIMARY KEY,
    "request_hash" TEXT NOT NULL,
    "status" INTEGER NOT NULL,
    "headers" JSONB NOT NULL,
    "body" TEXT NOT NULL,
    "created_at" DATETIME NOT NULL
);

-- CreateIndex
CREATE UNIQUE INDEX "dgx_connections_name_key" ON "dgx_connections"("name");

-- CreateIndex
CREATE INDEX "dgx_connections_created_at_id_idx" ON "dgx_connections"("created_at", "id");

-- CreateIndex
CREATE INDEX "dgx_projects_connection_id_idx" ON "dgx_projects"("connection_id");

-- CreateIndex
CREATE INDEX "dgx_projects_created_at_id_idx" ON "dgx_projects"("created_at", "id");

-- CreateIndex
CREATE INDEX "dgx_projects_name_idx" ON "dgx_projects"("name");

-- CreateIndex
CREATE INDEX "dgx_training_jobs_project_id_idx" ON "dgx_training_jobs"("project_id");

-- CreateIndex
CREATE INDEX "dgx_training_jobs_status_idx" ON "dgx_training_jobs"("status");

-- CreateIndex
CREATE INDEX "dgx_training_jobs_created_at_id_idx" ON "dgx_training_jobs"("created_at", "id");

-- CreateIndex
CREATE INDEX "dgx_training_jobs_name_idx" ON "dgx_training_jobs"("name");

-- CreateIndex
CREATE INDEX "dgx_job_metrics_job_id_recorded_at_idx" ON "dgx_job_metrics"("job_id", "recorded_at");

-- CreateIndex
CREATE UNIQUE INDEX "dgx_gpus_connection_id_uuid_key" ON "dgx_gpus"("connection_id", "uuid");

-- CreateIndex
CREATE INDEX "dgx_metrics_series_idx" ON "dgx_metrics"("gpu_id", "recorded_at", "gpu_utilization", "memory_used_mb", "memory_total_mb", "temperature_c", "power_watts");

-- CreateIndex
CREATE INDEX "dgx_idempotency_keys_created_at_idx" ON "dgx_idempotency_keys"("created_at");
