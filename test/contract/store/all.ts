import { blobStoreContract } from "./blob-store.ts";
import { bundleStoreContract } from "./bundle-store.ts";
import { channelStoreContract } from "./channel-store.ts";
import type { OpenStores } from "./fixtures.ts";
import { hotfixStoreContract } from "./hotfix-store.ts";
import { modelStoreContract } from "./model-store.ts";
import { tokenStoreContract } from "./token-store.ts";

/** The contracts of all the ports, on one adapter. */
export const storeContracts = (open: OpenStores): void => {
  modelStoreContract(open);
  bundleStoreContract(open);
  blobStoreContract(open);
  channelStoreContract(open);
  hotfixStoreContract(open);
  tokenStoreContract(open);
};
