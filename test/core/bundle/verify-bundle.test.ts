import { describe, expect, it } from "vitest";
import { type BuiltBundle, type BundleParts, buildBundle } from "../../../src/core/bundle/build-bundle.ts";
import { blobPath } from "../../../src/core/bundle/layout.ts";
import type { Manifest } from "../../../src/core/bundle/manifest.ts";
import { type BundleToVerify, verifyBundle, verifyReport } from "../../../src/core/bundle/verify-bundle.ts";
import { canonicalJsonBytes } from "../../../src/core/canonical-json.ts";
import { type Digest, digestOf } from "../../../src/core/digest.ts";
import { ok } from "../../../src/core/result.ts";
import { writeSafetensors } from "../../../src/core/tensor/safetensors.ts";
import { generateSigner, sampleBundle } from "../support/sample-bundle.ts";
import { sampleModel } from "../support/sample-model.ts";
import { sampleCodebook, sampleEdits, sampleLowRank, sampleNeurons } from "../support/sample-patches.ts";

const signer = await generateSigner();

/** A bundle as the verifier receives it, honest but for `changes`. */
const received = async (
  { manifestBytes, blobs }: Pick<BuiltBundle, "manifestBytes" | "blobs">,
  changes: Partial<BundleToVerify> = {},
): Promise<BundleToVerify> => ({
  manifestBytes,
  signatures: [await signer.sign(manifestBytes)],
  trustedKeys: signer.trusted,
  model: await sampleModel(),
  getBlobs: async () => ok(blobs),
  ...changes,
});

/** A bundle whose maker signs a manifest that does not fit its blobs. */
const dishonest = async (
  bundle: BuiltBundle,
  change: (record: Manifest["patches"][number]) => object,
  extraBlobs: ReadonlyMap<Digest, Uint8Array> = new Map(),
): Promise<BundleToVerify> => {
  const patches = bundle.manifest.patches.map((record) => ({ ...record, ...change(record) }));
  const manifestBytes = canonicalJsonBytes({ ...bundle.manifest, patches });
  return received({ manifestBytes, blobs: new Map([...bundle.blobs, ...extraBlobs]) });
};

const build = async (parts: Partial<BundleParts>) =>
  buildBundle({
    edits: sampleEdits,
    patches: [],
    method: "grace",
    parameters: {},
    seed: 1,
    model: await sampleModel(),
    parent: null,
    report: null,
    ...parts,
  });

describe("buildBundle", () => {
  it("gives equal parts equal bytes and the sha256 of the manifest as id", async () => {
    const [one, two] = [await sampleBundle(), await sampleBundle()];
    expect(one.manifestBytes).toEqual(two.manifestBytes);
    expect(one.id).toBe(await digestOf(one.manifestBytes));
    expect(one.id).toBe(two.id);
    expect((await sampleBundle({ seed: 8 })).id).not.toBe(one.id);
  });

  it("refuses patches that do not fit the model", async () => {
    const elsewhere = { ...sampleCodebook(), layer: 0 };
    expect(await build({ patches: [elsewhere] })).toMatchObject({ problem: { code: "wrong_base_model" } });
    const notANumber = sampleNeurons("n", 1, Number.NaN);
    expect(await build({ patches: [notANumber] })).toMatchObject({ problem: { code: "non_finite_tensor" } });
  });

  it("refuses what its manifest could not say", async () => {
    expect(await build({ seed: 0.5 })).toMatchObject({ problem: { code: "malformed_manifest" } });
    expect(await build({ patches: [sampleLowRank()], edits: [] })).toMatchObject({
      problem: { code: "malformed_manifest" },
    });
    expect(await build({ edits: [{ ...sampleEdits[0]!, target: "\ud800" }] })).toMatchObject({
      problem: { code: "malformed_manifest" },
    });
  });
});

describe("verifyBundle", () => {
  it("gives the patches of an honest bundle back, tensor for tensor", async () => {
    const patches = [sampleCodebook(), sampleNeurons(), sampleLowRank()];
    const bundle = await sampleBundle({ patches });
    expect(await verifyBundle(await received(bundle))).toEqual({
      ok: true,
      value: { id: bundle.id, manifest: bundle.manifest, patches, signers: [signer.keyId] },
    });
  });

  it("verifies a bundle without a patch", async () => {
    const bundle = await sampleBundle({ patches: [] });
    expect(await verifyBundle(await received(bundle))).toMatchObject({ ok: true, value: { patches: [] } });
  });

  it("refuses any changed byte of the manifest", async () => {
    const bundle = await sampleBundle();
    const honest = await received(bundle);
    for (const index of [0, 100, bundle.manifestBytes.length - 1]) {
      const manifestBytes = bundle.manifestBytes.slice();
      manifestBytes[index]! ^= 1;
      expect(await verifyBundle({ ...honest, manifestBytes })).toMatchObject({
        problem: { code: "signature_invalid" },
      });
    }
  });

  it("asks about signatures before anything else", async () => {
    const garbage = { manifestBytes: new Uint8Array([1, 2, 3]), blobs: new Map() };
    expect(await verifyBundle(await received(garbage, { signatures: [] }))).toMatchObject({
      problem: { code: "signature_missing" },
    });
    expect(await verifyBundle(await received(garbage, { trustedKeys: {} }))).toMatchObject({
      problem: { code: "signer_not_trusted" },
    });
    expect(await verifyBundle(await received(garbage))).toMatchObject({
      problem: { code: "malformed_manifest" },
    });
  });

  it("refuses a bundle for another base model", async () => {
    const other = await sampleModel("other");
    expect(await verifyBundle(await received(await sampleBundle(), { model: other }))).toMatchObject({
      problem: { code: "wrong_base_model", param: "model" },
    });
  });

  it("names every missing blob", async () => {
    const bundle = await sampleBundle();
    const digests = [...bundle.blobs.keys()];
    expect(await verifyBundle(await received({ ...bundle, blobs: new Map() }))).toMatchObject({
      problem: { code: "missing_blob", detail: { digests } },
    });
  });

  it("refuses a tampered blob, each byte of it", async () => {
    const bundle = await sampleBundle({ patches: [sampleNeurons("n", 1)] });
    const [[digest, blob]] = [...bundle.blobs] as [[Digest, Uint8Array]];
    const base = await received(bundle);
    for (let index = 0; index < blob.length; index += 7) {
      const tampered = blob.slice();
      tampered[index]! ^= 128;
      expect(
        await verifyBundle({ ...base, getBlobs: async () => ok(new Map([[digest, tampered]])) }),
      ).toMatchObject({ problem: { code: "digest_mismatch", detail: { expected: digest } } });
    }
  });

  it("refuses a signed manifest that does not fit its blobs", async () => {
    const bundle = await sampleBundle();
    const [{ replace, values, kind }] = bundle.manifest.patches as [
      Extract<Manifest["patches"][number], { kind: "codebook" }>,
    ];
    const codebook = { kind, replace, values };
    const cases: [Promise<BundleToVerify>, string][] = [
      [dishonest(bundle, () => ({ values: { ...values, bytes: values.bytes + 1 } })), "malformed_manifest"],
      [dishonest(bundle, ({ bytes }) => ({ bytes: bytes + 1 })), "malformed_manifest"],
      [dishonest(bundle, ({ tensors }) => ({ tensors: tensors.slice(1) })), "shape_mismatch"],
      [dishonest(bundle, () => ({ layer: 5 })), "wrong_base_model"],
      [
        dishonest(bundle, ({ kind }) => ({ layer: 1, ...(kind === "neurons" && { ...codebook, layer: 1 }) })),
        "shape_mismatch",
      ],
    ];
    for (const [bundleToVerify, code] of cases)
      expect(await verifyBundle(await bundleToVerify)).toMatchObject({ ok: false, problem: { code } });
  });

  it("refuses infinite tensors in a blob that its maker signed", async () => {
    const bundle = await sampleBundle({ patches: [sampleNeurons("n", 1)] });
    const { K, V } = sampleNeurons("n", 1).tensors;
    const blob = writeSafetensors({
      K,
      V,
      b: { shape: [1], data: Float32Array.of(Number.POSITIVE_INFINITY) },
    });
    const digest = await digestOf(blob);
    const bad = await dishonest(bundle, () => ({ blob: digest }), new Map([[digest, blob]]));
    expect(await verifyBundle(bad)).toMatchObject({
      problem: { code: "non_finite_tensor", detail: { tensor: "b", index: 0 } },
    });
  });
});

describe("verifyReport", () => {
  it("takes exactly the report that the manifest names", async () => {
    const report = new TextEncoder().encode('{"accuracy":1}');
    const { manifest } = await sampleBundle({ report });
    const { manifest: without } = await sampleBundle();
    expect(await verifyReport(manifest, report)).toEqual({ ok: true, value: true });
    expect(await verifyReport(without, null)).toEqual({ ok: true, value: true });
    expect(await verifyReport(manifest, null)).toMatchObject({ problem: { code: "missing_blob" } });
    expect(await verifyReport(without, report)).toMatchObject({ problem: { code: "malformed_manifest" } });
    expect(await verifyReport(manifest, report.subarray(1))).toMatchObject({
      problem: { code: "digest_mismatch", param: "report" },
    });
  });
});

describe("blobPath", () => {
  it("is the file of a blob within a bundle directory", () => {
    expect(blobPath(`sha256:${"ab".repeat(32)}`)).toBe(`blobs/${"ab".repeat(32)}.safetensors`);
  });
});
