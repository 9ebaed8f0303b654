import { describe, expect, it } from "vitest";
import { digestOfText } from "../../../src/core/digest.ts";
import type { BlobObjects } from "../../../src/store/ports.ts";

/** What every BlobObjects keeps to. */
export const blobObjectsContract = (open: () => Promise<BlobObjects>): void => {
  describe("blob objects", () => {
    it("gives back what was put, twice put or not, and null for what was not", async () => {
      const objects = await open();
      const digest = await digestOfText("large");
      expect(await objects.get(digest)).toBeNull();
      await objects.put(digest, new TextEncoder().encode("large"));
      await objects.put(digest, new TextEncoder().encode("large"));
      expect(new TextDecoder().decode((await objects.get(digest)) ?? new Uint8Array())).toBe("large");
    });

    it("keeps its own copy", async () => {
      const objects = await open();
      const bytes = new TextEncoder().encode("mine");
      const digest = await digestOfText("mine");
      await objects.put(digest, bytes);
      bytes.fill(0);
      expect(new TextDecoder().decode((await objects.get(digest)) ?? new Uint8Array())).toBe("mine");
    });
  });
};
