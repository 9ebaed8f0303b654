import { expect, it } from "vitest";
import { digestOf } from "../../../src/core/digest.ts";
import { BLOB_ROW_MAX_BYTES } from "../../../src/store/ports.ts";
import { bindings, openD1Stores } from "./open-d1.ts";

it("keeps a blob of 1 MiB in its row and one of a byte more in the bucket", async () => {
  const { blobs } = await openD1Stores();
  const place = async (length: number) => {
    const bytes = new Uint8Array(length).fill(length & 255);
    const digest = await digestOf(bytes);
    expect(await blobs.put(digest, bytes)).toEqual({ ok: true, value: "stored" });
    const row = await bindings.DB.prepare(
      "SELECT bytes, data IS NOT NULL AS here FROM blobs WHERE digest = ?",
    )
      .bind(digest)
      .first();
    const object = await bindings.BLOBS.head(`blobs/${digest.slice("sha256:".length)}`);
    return { row, object: object?.size ?? null };
  };
  expect(BLOB_ROW_MAX_BYTES).toBe(1_048_576);
  expect(await place(1_048_576)).toEqual({ row: { bytes: 1_048_576, here: 1 }, object: null });
  expect(await place(1_048_577)).toEqual({ row: { bytes: 1_048_577, here: 0 }, object: 1_048_577 });
});
