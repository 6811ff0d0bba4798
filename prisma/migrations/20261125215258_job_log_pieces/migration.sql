ALTER TABLE "dgx_job_attempts" ADD COLUMN "is_collected" BOOLEAN NOT NULL DEFAULT false;
CREATE INDEX "dgx_job_attempts_is_collected_idx" ON "dgx_job_attempts"("is_collected");

-- Only a cache, and nothing has written to it yet.
DROP TABLE "dgx_job_log_tails";
CREATE TABLE "dgx_job_log_tails" (
    "job_id" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "stream" TEXT NOT NULL,
    "offset_bytes" REAL NOT NULL,
    "content" BLOB NOT NULL,

    PRIMARY KEY ("job_id", "attempt", "stream", "offset_bytes"),
    CONSTRAINT "dgx_job_log_tails_job_id_attempt_fkey" FOREIGN KEY ("job_id", "attempt") REFERENCES "dgx_job_attempts" ("job_id", "attempt") ON DELETE CASCADE ON UPDATE CASCADE
);
