import { describe } from "vitest";
import { createR2BlobObjects } from "../../../src/store/d1/r2-blob-objects.ts";
import { storeContracts } from "../../contract/store/all.ts";
import { blobObjectsContract } from "../../contract/store/blob-objects.ts";
import { bindings, openD1Stores } from "./open-d1.ts";

describe("in D1 and R2", () => {
  storeContracts(openD1Stores);
  blobObjectsContract(async () => {
    await openD1Stores();
    return createR2BlobObjects(bindings.BLOBS);
  });
});
