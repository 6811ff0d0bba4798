-- AlterTable
ALTER TABLE "dgx_connections" ADD COLUMN "read_only" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "dgx_connections" ADD COLUMN "deny_patterns" JSONB;
ALTER TABLE "dgx_connections" ADD COLUMN "confirm_patterns" JSONB;
ALTER TABLE "dgx_connections" ADD COLUMN "confirm_timeout_s" INTEGER NOT NULL DEFAULT 120;
