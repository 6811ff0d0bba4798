-- CreateTable
CREATE TABLE "dgx_api_keys" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "rate_limit_per_minute" INTEGER,
    "created_at" DATETIME NOT NULL,
    "updated_at" DATETIME NOT NULL,
    "last_used_at" DATETIME,
    "revoked_at" DATETIME
);

-- CreateIndex
CREATE UNIQUE INDEX "dgx_api_keys_name_key" ON "dgx_api_keys"("name");

-- CreateIndex
CREATE UNIQUE INDEX "dgx_api_keys_hash_key" ON "dgx_api_keys"("hash");
