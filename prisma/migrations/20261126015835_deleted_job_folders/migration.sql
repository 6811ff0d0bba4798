-- CreateTable
CREATE TABLE "dgx_deleted_job_folders" (
    "connection_id" TEXT NOT NULL,
    "job_id" TEXT NOT NULL,
    "deleted_at" DATETIME NOT NULL,

    PRIMARY KEY ("connection_id", "job_id"),
    CONSTRAINT "dgx_deleted_job_folders_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "dgx_connections" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
