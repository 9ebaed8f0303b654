import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BundleParts } from "../../../src/core/bundle/build-bundle.ts";
import { diffBundles } from "../../../src/core/bundle/diff.ts";
import { type MergeSource, mergeBundles } from "../../../src/core/bundle/merge-bundles.ts";
import { BUNDLE_MAX_EDITS, EDIT_ID_MAX_LENGTH } from "../../../src/core/edit/edit.ts";
import {
  PATCH_MAX_TENSORS,
  TENSOR_MAX_RANK,
  TENSOR_NAME_MAX_LENGTH,
} from "../../../src/core/patch/blob-record.ts";
import { checkPatch, checkPatches, tensorsAtHand } from "../../../src/core/patch/check-patch.ts";
import { composePatchSet } from "../../../src/core/patch/compose.ts";
import { decodePatch } from "../../../src/core/patch/decode-patch.ts";
import { encodePatch } from "../../../src/core/patch/encode-patch.ts";
import { PATCH_KINDS } from "../../../src/core/patch/kinds/patch-kinds.ts";
import {
  type BindingOf,
  kindOf,
  type Patch,
  type PatchKindName,
  type PatchRecord,
  patchRecordSchema,
} from "../../../src/core/patch/patch.ts";
import type { PatchBase } from "../../../src/core/patch/patch-kind.ts";
import { bindingsOf } from "../../../src/core/patch/patch-set.ts";
import type { Tensor } from "../../../src/core/tensor/tensor.ts";
import { sampleBundle } from "../../core/support/sample-bundle.ts";
import { sampleModel } from "../../core/support/sample-model.ts";
import { unwrap } from "../../onnx/support/unwrap.ts";

/** Every float32 number that is one. */
const FINITE = fc.float({ noNaN: true, noDefaultInfinity: true });
/** Numbers whose products and sums float32 holds exactly. */
const SMALL = fc.integer({ min: -8, max: 8 });

/** A limit of a kind's own: patches of one set at it, and one past it. */
export interface KindLimit<P> {
  readonly what: string;
  readonly at: readonly P[];
  readonly past: readonly P[];
  readonly param: string;
}

/** What the contract needs to know of a kind, for P its patches and B what they are composed to. */
export interface KindSamples<P extends PatchBase, B> {
  /** Patches called "sample" that fit `sampleModel`, all at one place, of the numbers given, with edit 0. */
  patches(numbers: fc.Arbitrary<number>): fc.Arbitrary<P>;
  /** A patch that does twice as much. */
  doubled(patch: P): P;
  /** Rank, neurons, entries: what adds up where patches are composed. */
  size(patch: P): number;
  bindingSize(binding: B): number;
  readonly limits: readonly KindLimit<P>[];
}

const bitsOf = ({ data }: Tensor): readonly number[] => [
  ...new Int32Array(data.buffer, data.byteOffset, data.length),
];

/** The patch with another tensor under `name`; its values are one of them. */
const withTensor = (patch: Patch, name: string, tensor: Tensor | undefined): Patch => {
  if (name === "values") return { ...patch, values: tensor } as unknown as Patch;
  const { [name]: _, ...others } = patch.tensors as Readonly<Record<string, Tensor>>;
  return {
    ...patch,
    tensors: tensor === undefined ? others : { ...others, [name]: tensor },
  } as unknown as Patch;
};

/** Holds the kind called `name` to what everything that asks the table takes for granted. */
export const patchKindContract = async (
  name: PatchKindName,
  samples: KindSamples<Patch, BindingOf<PatchKindName>>,
): Promise<void> => {
  const model = await sampleModel();
  const kind = kindOf({ kind: name });
  const one = fc.sample(samples.patches(SMALL), { numRuns: 1, seed: 1 })[0]!;
  const tensors = Object.entries(tensorsAtHand(one));

  const sideOf = async (
    parts: Partial<BundleParts> & { readonly patches: readonly Patch[] },
  ): Promise<MergeSource> => {
    const { id, manifest } = await sampleBundle(parts);
    return { id, manifest, patches: parts.patches };
  };

  describe(`a ${name} patch`, () => {
    it("is of the kind that the table has under its name", () => {
      expect([one.kind, kind.name]).toEqual([name, name]);
      expect(PATCH_KINDS[name]).toBe(kind);
    });

    it("is written and read bit for bit, as its record and its blobs say", async () => {
      await fc.assert(
        fc.asyncProperty(samples.patches(FINITE), async (patch) => {
          const { record, blobs } = await encodePatch(patch);
          expect(patchRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
          const read = unwrap(decodePatch(record, blobs, model));
          const [before, after] = [tensorsAtHand(patch), tensorsAtHand(read)];
          expect(Object.keys(after).sort()).toEqual(Object.keys(before).sort());
          for (const [key, tensor] of Object.entries(before)) {
            expect(after[key]!.shape).toEqual(tensor.shape);
            expect(bitsOf(after[key]!)).toEqual(bitsOf(tensor));
          }
          const { tensors: _, values: __, ...fields }: PatchBase = patch;
          expect(read).toMatchObject(fields);
          expect(await encodePatch(read)).toEqual({ record, blobs });
        }),
        { numRuns: 30 },
      );
    });

    it("is refused where its blob has another size than its record claims", async () => {
      const { record, blobs } = await encodePatch(one);
      for (const bytes of [record.bytes - 1, record.bytes + 1])
        expect(decodePatch({ ...record, bytes }, blobs, model)).toMatchObject({
          problem: { code: "malformed_manifest", param: "patches" },
        });
    });

    it("has a record without room for more: every field's limit and one past it", async () => {
      const { record } = await encodePatch(one);
      const [first] = record.tensors;
      const withFirst = (change: object) => ({ tensors: [{ ...first!, ...change }] });
      const fields = (size: number, field: string): Partial<PatchRecord> | object =>
        ({
          id: { id: "x".repeat(size) },
          edits: { edits: new Array<number>(size).fill(0) },
          tensors: { tensors: new Array(size).fill(first) },
          "tensors.0.name": withFirst({ name: "x".repeat(size) }),
          "tensors.0.shape": withFirst({ shape: new Array<number>(size).fill(1) }),
        })[field]!;
      for (const [field, most] of [
        ["id", EDIT_ID_MAX_LENGTH],
        ["edits", BUNDLE_MAX_EDITS],
        ["tensors", PATCH_MAX_TENSORS],
        ["tensors.0.name", TENSOR_NAME_MAX_LENGTH],
        ["tensors.0.shape", TENSOR_MAX_RANK],
      ] as const) {
        expect(patchRecordSchema.safeParse({ ...record, ...fields(most, field) }).success).toBe(true);
        const past = patchRecordSchema.safeParse({ ...record, ...fields(most + 1, field) });
        expect(past.error?.issues.map(({ path }) => path.join("."))).toEqual([field]);
      }
      expect(patchRecordSchema.safeParse({ ...record, more: 1 }).success).toBe(false);
    });

    it("fits the model whole", () => {
      expect(checkPatch(one, model)).toEqual({ ok: true, value: one });
    });

    it.each(tensors.map(([key]) => key))(
      "is refused without its tensor %s, and with it in another form",
      (key) => {
        const tensor = tensorsAtHand(one)[key]!;
        const { shape, data } = tensor;
        const other = data instanceof Float32Array ? Int32Array.from(data) : Float32Array.from(data);
        const forms: readonly Tensor[] = [
          { shape: [...shape, 1], data },
          { shape: [0, ...shape.slice(1)], data: data.slice(0, 0) },
          { shape: [...shape.slice(0, -1), shape.at(-1)! + 100], data },
          { shape, data: other },
        ];
        for (const form of forms)
          expect(checkPatch(withTensor(one, key, form), model)).toMatchObject({
            problem: { code: "shape_mismatch", detail: { patch: "sample" } },
          });
        const misnamed = checkPatch(withTensor(one, key, { shape, data: other }), model);
        expect(misnamed).toMatchObject({ problem: { param: key, detail: { tensor: key } } });
        if (key !== "values")
          expect(checkPatch(withTensor(one, key, undefined), model)).toMatchObject({
            problem: { code: "shape_mismatch", param: key, detail: { tensor: key, got: "no such tensor" } },
          });
      },
    );

    it("is refused with a tensor more than its kind has", () => {
      const extra = { shape: [1], data: new Float32Array(1) };
      expect(checkPatch(withTensor(one, "extra", extra), model)).toMatchObject({
        problem: { code: "shape_mismatch", param: "extra" },
      });
    });

    it.each(
      tensors.flatMap(([key, { data }]) =>
        data instanceof Float32Array
          ? [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map(
              (value) => [key, value] as const,
            )
          : [],
      ),
    )("is refused where its tensor %s holds %d", (key, value) => {
      const { shape, data } = tensorsAtHand(one)[key]!;
      const spoilt = Float32Array.from(data, (number, index) => (index === data.length - 1 ? value : number));
      expect(checkPatch(withTensor(one, key, { shape, data: spoilt }), model)).toMatchObject({
        problem: { code: "non_finite_tensor", param: key, detail: { index: data.length - 1 } },
      });
    });

    it.runIf("layer" in one)("is refused where the model has no hook for it, with its place", () => {
      const elsewhere = { ...one, layer: 7 };
      expect(checkPatch(elsewhere, model)).toMatchObject({
        problem: {
          code: "wrong_base_model",
          param: "patches",
          detail: { patch: "sample", kind: name, layer: 7 },
        },
      });
    });

    it.each(samples.limits)("keeps within its limit: $what", ({ at, past, param }) => {
      expect(checkPatches(at, model)).toMatchObject({ ok: true });
      expect(checkPatches(past, model)).toMatchObject({ problem: { code: "limit_exceeded", param } });
    });
  });

  describe(`${name} patches`, () => {
    it("are composed at one place to one binding of all, and to none where there are none", () => {
      fc.assert(
        fc.property(samples.patches(SMALL), samples.patches(SMALL), (left, right) => {
          const set = unwrap(composePatchSet("d", [left, { ...right, id: "other" }], model));
          const [binding, ...more] = bindingsOf(set, kind);
          expect(more).toEqual([]);
          expect(samples.bindingSize(binding!)).toBe(samples.size(left) + samples.size(right));
        }),
        { numRuns: 20 },
      );
      expect(bindingsOf(unwrap(composePatchSet("d", [], model)), kind)).toEqual([]);
    });

    it("differ by what they do: an equal one not at all, one that does twice as much by its norm", async () => {
      const twice = samples.doubled(one);
      const [before, same, after] = [
        await sideOf({ patches: [one] }),
        await sideOf({ patches: [{ ...one }] }),
        await sideOf({ patches: [twice] }),
      ];
      const none = { added: [], removed: [], changed: [], narrowed: [] };
      expect(diffBundles(before, same).patches).toEqual(none);
      const norm = kind.norm(one);
      expect(norm).toBeGreaterThan(0);
      const [changed] = diffBundles(before, after).patches.changed;
      expect(changed).toMatchObject({ id: "sample", kind: name, layer: one.layer ?? null });
      expect(changed!.normDelta).toBeCloseTo(norm, 5);
      expect(diffBundles(null, before)).toMatchObject({ kinds: { [name]: 1 } });
    });

    it("are merged: an equal one once, another of the same name under a name of its own", async () => {
      const first = await sideOf({ patches: [one] });
      const again = await sideOf({ patches: [one], method: "other" });
      expect(unwrap(await mergeBundles([first, again]))).toMatchObject({
        patches: [one],
        repeated: { patches: 1 },
        renamed: [],
      });
      const twice = samples.doubled(one);
      const clash = await sideOf({ patches: [twice] });
      const merged = unwrap(await mergeBundles([first, clash]));
      expect(merged.patches).toEqual([one, { ...twice, id: "sample-2" }]);
      expect(merged.renamed).toEqual([{ source: clash.id, from: "sample", to: "sample-2" }]);
    });

    it.runIf(kind.radii !== null)(
      "that differ in their balls alone are one, narrowed, to a merge and a diff",
      async () => {
        const { radii } = kind;
        const wide = radii!.with(
          one,
          radii!.of(one).map(() => 2),
        );
        const narrow = radii!.with(
          one,
          radii!.of(one).map((_, row) => (row === 0 ? 1 : 2)),
        );
        const [before, after] = [await sideOf({ patches: [wide] }), await sideOf({ patches: [narrow] })];
        const merged = unwrap(await mergeBundles([before, after]));
        expect([merged.patches, merged.narrowed]).toEqual([[narrow], ["sample"]]);
        expect(diffBundles(before, after).patches).toMatchObject({
          changed: [],
          narrowed: [{ id: "sample", was: "sample", keys: 1, before: 2, after: 1 }],
        });
        expect(diffBundles(after, before).patches).toMatchObject({
          changed: [{ id: "sample" }],
          narrowed: [],
        });
      },
    );
  });
};
