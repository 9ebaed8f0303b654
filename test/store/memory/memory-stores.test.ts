import { describe, expect, it } from "vitest";
import { type Digest, digestOfText } from "../../../src/core/digest.ts";
import {
  createMemoryBlobObjects,
  createMemoryBlobStore,
} from "../../../src/store/memory/memory-blob-store.ts";
import { createMemoryStores } from "../../../src/store/memory/memory-stores.ts";
import { storeContracts } from "../../contract/store/all.ts";
import { blobObjectsContract } from "../../contract/store/blob-objects.ts";

describe("in memory", () => {
  storeContracts(async () => createMemoryStores());
  blobObjectsContract(async () => createMemoryBlobObjects());

  it("says so where stored bytes no longer fit their digest", async () => {
    const contents = new Map<Digest, Uint8Array>();
    const blobs = createMemoryBlobStore(contents);
    const digest = await digestOfText("true");
    await blobs.put(digest, new TextEncoder().encode("true"));
    contents.get(digest)![0]! ^= 1;
    expect(await blobs.get(digest)).toMatchObject({ problem: { code: "corrupt_store" } });
    expect(await blobs.getMany([digest])).toMatchObject({ problem: { code: "corrupt_store" } });
  });
});
