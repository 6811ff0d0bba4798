CREATE TABLE "dgx_audit" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "at" DATETIME NOT NULL,
    "kept_until" DATETIME NOT NULL,
    "caller_via" TEXT NOT NULL,
    "key_name" TEXT,
    "client" TEXT,
    "action" TEXT NOT NULL,
    "connection_id" TEXT,
    "connection_name" TEXT,
    "target_type" TEXT,
    "target_id" TEXT,
    "target_name" TEXT,
    "detail" JSONB,
    "outcome" TEXT NOT NULL,
    "exit_code" INTEGER,
    "duration_ms" REAL,
    "request_id" TEXT
);

CREATE INDEX "dgx_audit_at_id_idx" ON "dgx_audit"("at", "id");
CREATE INDEX "dgx_audit_connection_id_at_id_idx" ON "dgx_audit"("connection_id", "at", "id");
CREATE INDEX "dgx_audit_target_id_at_id_idx" ON "dgx_audit"("target_id", "at", "id");

-- What is written stays as it is, whatever a later version of the app does.
CREATE TRIGGER "dgx_audit_is_never_changed" BEFORE UPDATE ON "dgx_audit"
BEGIN
    SELECT RAISE(ABORT, 'dgx_audit: what is written is never changed');
END;

-- INSERT OR REPLACE would delete without the trigger below.
CREATE TRIGGER "dgx_audit_is_never_replaced" BEFORE INSERT ON "dgx_audit"
WHEN EXISTS (SELECT 1 FROM "dgx_audit" WHERE "id" = NEW."id")
BEGIN
    SELECT RAISE(ABORT, 'dgx_audit: what is written is never replaced');
END;

CREATE TRIGGER "dgx_audit_is_kept" BEFORE DELETE ON "dgx_audit"
WHEN OLD."kept_until" > CAST(strftime('%s', 'now') AS INTEGER) * 1000
BEGIN
    SELECT RAISE(ABORT, 'dgx_audit: it is to be kept for longer');
END;
