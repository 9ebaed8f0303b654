import { describe, expect, it } from "vitest";
import {
  blobDigests,
  indexDigests,
  MANIFEST_FORMAT,
  MANIFEST_MAX_BYTES,
  parseManifest,
} from "../../../src/core/bundle/manifest.ts";
import { canonicalJson } from "../../../src/core/canonical-json.ts";
import { sampleBundle } from "../support/sample-bundle.ts";
import { sampleCodebook, sampleNeurons } from "../support/sample-patches.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The sample manifest with some members replaced, as bytes. */
const changed = async (members: Record<string, unknown>): Promise<Uint8Array> => {
  const { manifestBytes } = await sampleBundle();
  return encode(JSON.stringify({ ...JSON.parse(new TextDecoder().decode(manifestBytes)), ...members }));
};

describe("parseManifest", () => {
  it("reads back what the builder wrote, canonical byte for byte", async () => {
    const { manifest, manifestBytes } = await sampleBundle();
    expect(parseManifest(manifestBytes)).toEqual({ ok: true, value: manifest });
    expect(new TextDecoder().decode(manifestBytes)).toBe(canonicalJson(manifest));
    expect(manifest).toMatchObject({
      format: 2,
      method: "grace",
      parameters: { rate: "0.05" },
      seed: 7,
      patches: [
        {
          id: "norway",
          kind: "codebook",
          layer: 1,
          edits: [0],
          replace: "last",
          tensors: [
            { name: "chains", dtype: "I32", shape: [2] },
            { name: "keys", dtype: "F32", shape: [2, 4] },
            { name: "radii", dtype: "F32", shape: [2] },
            { name: "targets", dtype: "I32", shape: [2, 2] },
          ],
          values: { tensors: [{ name: "values", dtype: "F32", shape: [2, 2, 4] }] },
        },
        { id: "freezing", kind: "neurons", layer: 0 },
      ],
    });
  });

  it("names each blob once", async () => {
    const { manifest } = await sampleBundle({
      patches: [sampleCodebook("a"), sampleCodebook("b"), sampleNeurons()],
    });
    const [codebook, , neurons] = manifest.patches;
    if (codebook?.kind !== "codebook") throw new Error("expected a codebook");
    expect(blobDigests(manifest)).toEqual([codebook.blob, codebook.values.blob, neurons!.blob]);
    expect(indexDigests(manifest)).toEqual([codebook.blob, neurons!.blob]);
  });

  it.each([
    ["a fraction", { seed: 0.5 }, "seed"],
    ["a number among the hyper-parameters", { parameters: { rate: 0.05 } }, "parameters.rate"],
    ["an unknown member", { extra: 1 }, "manifest"],
    ["a digest of another form", { report: "sha256:12" }, "report"],
    ["a missing member", { method: undefined }, "method"],
  ])("refuses %s, naming its place", async (_, members, param) => {
    expect(parseManifest(await changed(members))).toMatchObject({
      ok: false,
      problem: { code: "malformed_manifest", param },
    });
  });

  it("refuses a patch that names an edit that is not there, and two patches with one id", async () => {
    expect(parseManifest(await changed({ edits: [] }))).toMatchObject({
      problem: { code: "malformed_manifest", message: expect.stringContaining("names edit 0") },
    });
    const { manifest } = await sampleBundle();
    const patches = [manifest.patches[0], manifest.patches[0]];
    expect(parseManifest(await changed({ patches }))).toMatchObject({
      problem: { code: "malformed_manifest", message: expect.stringContaining('"norway"') },
    });
  });

  it("refuses a format it does not know by name", async () => {
    expect(parseManifest(await changed({ format: MANIFEST_FORMAT + 1 }))).toMatchObject({
      problem: { code: "unsupported_format", param: "format" },
    });
  });

  it.each([
    ["no JSON", encode("{")],
    ["a byte-order mark", encode("\ufeff{}")],
    ["bytes that are not UTF-8", Uint8Array.of(0x22, 0xff, 0x22)],
    ["null", encode("null")],
  ])("refuses %s", (_, bytes) => {
    expect(parseManifest(bytes)).toMatchObject({ problem: { code: "malformed_manifest" } });
  });

  it("refuses a key that stands twice, which two readers could read in two ways", async () => {
    const { manifestBytes } = await sampleBundle();
    const text = new TextDecoder().decode(manifestBytes);
    expect(parseManifest(encode(text.replace(/^\{/, '{"seed":1,')))).toMatchObject({
      problem: { code: "malformed_manifest", message: expect.stringContaining('"seed" stands twice') },
    });
  });

  it("reads up to its limit of bytes and not one more", async () => {
    const { manifest, manifestBytes } = await sampleBundle();
    const padded = new Uint8Array(MANIFEST_MAX_BYTES + 1).fill(0x20);
    padded.set(manifestBytes);
    expect(parseManifest(padded.subarray(0, MANIFEST_MAX_BYTES))).toEqual({ ok: true, value: manifest });
    expect(parseManifest(padded)).toMatchObject({ problem: { code: "limit_exceeded" } });
  });
});
