-- CreateTable. WITHOUT ROWID (by hand), as dgx_metric_rollups.
CREATE TABLE "dgx_host_metrics" (
    "connection_id" TEXT NOT NULL,
    "recorded_at" DATETIME NOT NULL,
    "cpu_utilization" REAL,
    "load_1m" REAL,
    "memory_available_mb" REAL,
    "memory_cached_mb" REAL,
    "swap_used_mb" REAL,
    "memory_pressure_some_avg10" REAL,
    "disk_used_gb" REAL,
    "network_rx_bytes_per_s" REAL,
    "network_tx_bytes_per_s" REAL,
    "memory_total_mb" REAL,
    "disk_total_gb" REAL,

    PRIMARY KEY ("connection_id", "recorded_at"),
    CONSTRAINT "dgx_host_metrics_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "dgx_connections" ("id") ON DELETE CASCADE ON UPDATE CASCADE
) WITHOUT ROWID;

-- CreateTable. WITHOUT ROWID (by hand), as dgx_metric_rollups.
CREATE TABLE "dgx_host_metric_rollups" (
    "connection_id" TEXT NOT NULL,
    "bucket_s" INTEGER NOT NULL,
    "bucket_start" DATETIME NOT NULL,
    "sample_count" INTEGER NOT NULL,
    "cpu_utilization" REAL,
    "cpu_utilization_min" REAL,
    "cpu_utilization_max" REAL,
    "load_1m" REAL,
    "load_1m_min" REAL,
    "load_1m_max" REAL,
    "memory_available_mb" REAL,
    "memory_available_mb_min" REAL,
    "memory_available_mb_max" REAL,
    "memory_cached_mb" REAL,
    "memory_cached_mb_min" REAL,
    "memory_cached_mb_max" REAL,
    "swap_used_mb" REAL,
    "swap_used_mb_min" REAL,
    "swap_used_mb_max" REAL,
    "memory_pressure_some_avg10" REAL,
    "memory_pressure_some_avg10_min" REAL,
    "memory_pressure_some_avg10_max" REAL,
    "disk_used_gb" REAL,
    "disk_used_gb_min" REAL,
    "disk_used_gb_max" REAL,
    "network_rx_bytes_per_s" REAL,
    "network_rx_bytes_per_s_min" REAL,
    "network_rx_bytes_per_s_max" REAL,
    "network_tx_bytes_per_s" REAL,
    "network_tx_bytes_per_s_min" REAL,
    "network_tx_bytes_per_s_max" REAL,
    "memory_total_mb" REAL,
    "disk_total_gb" REAL,

    PRIMARY KEY ("connection_id", "bucket_s", "bucket_start"),
    CONSTRAINT "dgx_host_metric_rollups_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "dgx_connections" ("id") ON DELETE CASCADE ON UPDATE CASCADE
) WITHOUT ROWID;

-- CreateTable
CREATE TABLE "dgx_health_events" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "connection_id" TEXT NOT NULL,
    "gpu_uuid" TEXT NOT NULL,
    "gpu_index" INTEGER,
    "from_status" TEXT,
    "to_status" TEXT NOT NULL,
    "reasons" JSONB NOT NULL,
    "changed_at" DATETIME NOT NULL,
    CONSTRAINT "dgx_health_events_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "dgx_connections" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "dgx_health_events_connection_id_changed_at_idx" ON "dgx_health_events"("connection_id", "changed_at");

-- CreateIndex
CREATE INDEX "dgx_health_events_connection_id_gpu_uuid_idx" ON "dgx_health_events"("connection_id", "gpu_uuid");
