-- AlterTable. By hand: the table is not made anew for two columns.
ALTER TABLE "dgx_training_jobs" ADD COLUMN "metric_count" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "dgx_training_jobs" ADD COLUMN "metrics_summary" JSONB;
UPDATE "dgx_training_jobs" SET "metric_count" =
  (SELECT count(*) FROM "dgx_job_metrics" WHERE "job_id" = "dgx_training_jobs"."id");

-- DropIndex
DROP INDEX "dgx_job_metrics_job_id_recorded_at_idx";

-- CreateIndex
CREATE INDEX "dgx_job_metrics_job_id_id_idx" ON "dgx_job_metrics"("job_id", "id");
