-- Added in place: rebuilding the table would take everything with it that cascades from it.
ALTER TABLE "dgx_connections" ADD COLUMN "position" INTEGER NOT NULL DEFAULT 0;

-- As the lists have shown them so far: newest first.
UPDATE "dgx_connections" SET "position" = (
    SELECT count(*) FROM "dgx_connections" AS "newer"
    WHERE ("newer"."created_at", "newer"."id") > ("dgx_connections"."created_at", "dgx_connections"."id")
);
