import { eq, sql } from "drizzle-orm";
import { decodeBase64, encodeBase64 } from "../../core/base64.ts";
import { type Digest, digestOf } from "../../core/digest.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { BLOB_ROW_MAX_BYTES, type BlobObjects, type BlobStore } from "../ports.ts";
import { blobMismatch, corruptBlob, unknownBlob } from "../problems.ts";
import type { Database } from "./d1-database.ts";
import { blobs } from "./schema.ts";

/** Digests sent in one query, as one JSON parameter of about 75 KB: D1 takes at most 100 parameters. */
const DIGESTS_PER_QUERY = 1_000;
/** Bytes of blobs read by one query, so that no answer of the database fills the isolate's memory. */
const BYTES_PER_QUERY = 4 * BLOB_ROW_MAX_BYTES;

type BlobRow = typeof blobs.$inferSelect;

const among = (digests: readonly Digest[]) =>
  sql`${blobs.digest} IN (SELECT value FROM json_each(${JSON.stringify(digests)}))`;

function* chunks<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

/** Sizes of those of `digests` that are stored. */
const readSizes = async (database: Database, digests: readonly Digest[]): Promise<Map<Digest, number>> => {
  const sizes = new Map<Digest, number>();
  for (const some of chunks([...new Set(digests)], DIGESTS_PER_QUERY)) {
    const rows = await database
      .select({ digest: blobs.digest, bytes: blobs.bytes })
      .from(blobs)
      .where(among(some));
    for (const { digest, bytes } of rows) sizes.set(digest, bytes);
  }
  return sizes;
};

/** Groups digests so that no group exceeds a query's digests or bytes; a blob larger than that goes alone. */
const groupBySize = (sizes: ReadonlyMap<Digest, number>): Digest[][] => {
  const groups: Digest[][] = [];
  let room = 0;
  for (const [digest, bytes] of sizes) {
    const group = groups.at(-1);
    if (group === undefined || bytes > room || group.length === DIGESTS_PER_QUERY) {
      groups.push([digest]);
      room = BYTES_PER_QUERY - bytes;
    } else {
      group.push(digest);
      room -= bytes;
    }
  }
  return groups;
};

const readBytes = async ({ digest, data }: BlobRow, objects: BlobObjects): Promise<Result<Uint8Array>> => {
  const bytes = data === null ? await objects.get(digest) : decodeBase64(data);
  if (bytes === null) return fail(corruptBlob(digest, "its bytes cannot be read"));
  const actual = await digestOf(bytes);
  return actual === digest ? ok(bytes) : fail(corruptBlob(digest, `it hashes to ${actual}`));
};

const put =
  (database: Database, objects: BlobObjects): BlobStore["put"] =>
  async (digest, bytes) => {
    const actual = await digestOf(bytes);
    if (actual !== digest) return fail(blobMismatch(digest, actual));
    const inRow = bytes.length <= BLOB_ROW_MAX_BYTES;
    if (!inRow) await objects.put(digest, bytes);
    const row = { digest, bytes: bytes.length, data: inRow ? encodeBase64(bytes) : null };
    const inserted = await database.insert(blobs).values(row).onConflictDoNothing();
    return ok(inserted.meta.changes === 1 ? "stored" : "present");
  };

const getMany =
  (database: Database, objects: BlobObjects): BlobStore["getMany"] =>
  async (digests) => {
    const found = new Map<Digest, Uint8Array>();
    for (const group of groupBySize(await readSizes(database, digests))) {
      for (const row of await database.select().from(blobs).where(among(group))) {
        const bytes = await readBytes(row, objects);
        if (!bytes.ok) return bytes;
        found.set(row.digest, bytes.value);
      }
    }
    return ok(found);
  };

/**
 * Keeps blobs in D1 up to `BLOB_ROW_MAX_BYTES` and above that in `objects`; the row in D1 is the index of both, so
 * that one query tells what is missing.
 */
export const createD1BlobStore = (database: Database, objects: BlobObjects): BlobStore => ({
  put: put(database, objects),
  get: async (digest) => {
    const row = await database.select().from(blobs).where(eq(blobs.digest, digest)).get();
    return row === undefined ? fail(unknownBlob(digest)) : readBytes(row, objects);
  },
  getMany: getMany(database, objects),
  sizes: (digests) => readSizes(database, digests),
  missing: async (digests) => {
    const sizes = await readSizes(database, digests);
    return [...new Set(digests)].filter((digest) => !sizes.has(digest));
  },
});
