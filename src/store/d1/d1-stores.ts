import type { Stores } from "../ports.ts";
import { createD1BlobStore } from "./d1-blob-store.ts";
import { createD1BundleStore } from "./d1-bundle-store.ts";
import { createD1ChannelStore } from "./d1-channel-store.ts";
import { openDatabase } from "./d1-database.ts";
import { createD1HotfixStore } from "./d1-hotfix-store.ts";
import { createD1ModelStore } from "./d1-model-store.ts";
import { createD1TokenStore } from "./d1-token-store.ts";
import { createR2BlobObjects } from "./r2-blob-objects.ts";

/** Everything the service keeps, in one D1 database and one R2 bucket. */
export const createD1Stores = (binding: D1Database, bucket: R2Bucket): Stores => {
  const database = openDatabase(binding);
  const blobs = createD1BlobStore(database, createR2BlobObjects(bucket));
  return {
    models: createD1ModelStore(database),
    bundles: createD1BundleStore(database, blobs),
    blobs,
    hotfixes: createD1HotfixStore(database, blobs),
    channels: createD1ChannelStore(database, blobs),
    tokens: createD1TokenStore(database),
  };
};
