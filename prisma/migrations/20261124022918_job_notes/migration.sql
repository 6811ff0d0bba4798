-- AlterTable
ALTER TABLE "dgx_training_jobs" ADD COLUMN "notes" TEXT;
