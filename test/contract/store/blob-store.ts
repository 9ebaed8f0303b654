import { describe, expect, it } from "vitest";
import { type Digest, digestOf, digestOfText } from "../../../src/core/digest.ts";
import { BLOB_ROW_MAX_BYTES } from "../../../src/store/ports.ts";
import type { OpenStores } from "./fixtures.ts";

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

const patterned = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (index * 7 + (index >> 8)) & 255);

/** What every BlobStore keeps to. */
export const blobStoreContract = (open: OpenStores): void => {
  describe("blob store", () => {
    it.each([0, 1, 2, 3, BLOB_ROW_MAX_BYTES, BLOB_ROW_MAX_BYTES + 1])(
      "gives %i bytes back as they came",
      async (length) => {
        const { blobs } = await open();
        const bytes = patterned(length);
        const digest = await digestOf(bytes);
        expect(await blobs.put(digest, bytes)).toEqual({ ok: true, value: "stored" });
        expect(await blobs.put(digest, bytes)).toEqual({ ok: true, value: "present" });
        const read = await blobs.get(digest);
        // Compared by digest: a failing comparison of a million numbers would take minutes to print.
        expect(read.ok && (await digestOf(read.value))).toBe(digest);
      },
    );

    it("refuses bytes under a digest that is not theirs, and stores nothing", async () => {
      const { blobs } = await open();
      const digest = await digestOfText("one");
      expect(await blobs.put(digest, text("two"))).toMatchObject({
        ok: false,
        problem: { code: "digest_mismatch", detail: { expected: digest, got: await digestOfText("two") } },
      });
      expect(await blobs.get(digest)).toMatchObject({ ok: false, problem: { code: "unknown_blob" } });
      expect(await blobs.missing([digest])).toEqual([digest]);
    });

    it("names what is missing in order, each once", async () => {
      const { blobs } = await open();
      const [one, two, three] = (await Promise.all(["one", "two", "three"].map(digestOfText))) as [
        Digest,
        Digest,
        Digest,
      ];
      await blobs.put(two, text("two"));
      expect(await blobs.missing([three, one, two, three])).toEqual([three, one]);
      expect(await blobs.missing([])).toEqual([]);
    });

    it("says how large what is stored is, in rows and in objects", async () => {
      const { blobs } = await open();
      const digests: Digest[] = [];
      for (const size of [0, 5, BLOB_ROW_MAX_BYTES + 1]) {
        digests.push(await digestOf(patterned(size)));
        await blobs.put(digests.at(-1)!, patterned(size));
      }
      const sizes = await blobs.sizes([await digestOfText("absent"), ...digests, digests[0]!]);
      expect(new Map(sizes)).toEqual(
        new Map([
          [digests[0], 0],
          [digests[1], 5],
          [digests[2], BLOB_ROW_MAX_BYTES + 1],
        ]),
      );
    });

    it("reads 1,100 blobs at once and leaves out what is not stored", async () => {
      const { blobs } = await open();
      const contents = Array.from({ length: 1_100 }, (_, index) => `blob ${index}`);
      const digests = await Promise.all(contents.map(digestOfText));
      await Promise.all(digests.map((digest, index) => blobs.put(digest, text(contents[index]!))));
      const absent = await digestOfText("absent");
      const read = await blobs.getMany([absent, ...digests, digests[0]!]);
      if (!read.ok) throw new Error(read.problem.message);
      expect(read.value.size).toBe(1_100);
      expect(new TextDecoder().decode(read.value.get(digests[1_099]!))).toBe("blob 1099");
      expect(read.value.has(absent)).toBe(false);
    });

    it("reads blobs of more than one query's bytes together, rows and objects alike", async () => {
      const { blobs } = await open();
      const sizes = [BLOB_ROW_MAX_BYTES + 9, ...Array.from({ length: 6 }, (_, index) => 1_000_000 + index)];
      const digests: Digest[] = [];
      for (const size of sizes) {
        const bytes = patterned(size);
        digests.push(await digestOf(bytes));
        await blobs.put(digests.at(-1)!, bytes);
      }
      const read = await blobs.getMany(digests);
      expect(read.ok && digests.map((digest) => read.value.get(digest)?.length)).toEqual(sizes);
    });
  });
};
