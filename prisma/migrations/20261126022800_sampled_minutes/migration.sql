-- AlterTable
ALTER TABLE "dgx_metric_rollups" ADD COLUMN "sampled_minutes" INTEGER NOT NULL DEFAULT 1;

-- What was rolled up before did not count its minutes: as many as its samples fill at the interval of today.
UPDATE "dgx_metric_rollups" SET "sampled_minutes" = max(1, min("bucket_s" / 60, "sample_count" * (
    SELECT c."sample_interval_ms" FROM "dgx_gpus" AS g
    JOIN "dgx_connections" AS c ON c."id" = g."connection_id"
    WHERE g."id" = "gpu_id") / 60000))
WHERE "bucket_s" > 60;

-- CreateIndex
CREATE INDEX "dgx_job_attempts_ended_at_idx" ON "dgx_job_attempts"("ended_at");

-- CreateIndex
CREATE INDEX "dgx_training_jobs_completed_at_idx" ON "dgx_training_jobs"("completed_at");
