import type { Stores } from "../ports.ts";
import { createMemoryBlobStore } from "./memory-blob-store.ts";
import { createMemoryBundleStore } from "./memory-bundle-store.ts";
import { createMemoryChannelStore } from "./memory-channel-store.ts";
import { createMemoryHotfixStore } from "./memory-hotfix-store.ts";
import { createMemoryModelStore } from "./memory-model-store.ts";
import { createMemoryTokenStore } from "./memory-token-store.ts";

/** Everything the service keeps, in memory: the double of `createD1Stores`. */
export const createMemoryStores = (): Stores => {
  const models = createMemoryModelStore();
  const blobs = createMemoryBlobStore();
  const hotfixes = createMemoryHotfixStore();
  return {
    models,
    blobs,
    bundles: createMemoryBundleStore(models, blobs),
    hotfixes,
    channels: createMemoryChannelStore(blobs, hotfixes),
    tokens: createMemoryTokenStore(),
  };
};
