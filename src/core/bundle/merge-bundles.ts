import { canonicalJson } from "../canonical-json.ts";
import { type Digest, digestOfText } from "../digest.ts";
import { BUNDLE_MAX_EDITS, type Edit } from "../edit/edit.ts";
import { checkEditConflicts } from "../edit/edit-conflicts.ts";
import { createIdAllocator } from "../edit/unique-id.ts";
import { kindOf, type Patch, type PatchRecord } from "../patch/patch.ts";
import { recordContent } from "../patch/patch-record.ts";
import { type Problem, problem } from "../problem.ts";
import { fail, ok, type Result } from "../result.ts";
import {
  BUNDLE_MAX_PARAMETERS,
  BUNDLE_MAX_PATCHES,
  type Manifest,
  PARAMETER_MAX_LENGTH,
} from "./manifest.ts";

/** The method that a merged bundle's manifest names: what made its patches stands in its parameters. */
export const MERGED_METHOD = "merged";

/** Hyper-parameters that record one source: its id, its method, and the method's own. */
const PARAMETERS_OF_A_SOURCE = 3;

/** Most bundles of one merge: the manifest records where each came from. */
export const MERGE_MAX_SOURCES = Math.floor(BUNDLE_MAX_PARAMETERS / PARAMETERS_OF_A_SOURCE);

/** One of the bundles to merge, believed already. */
export interface MergeSource {
  readonly id: Digest;
  readonly manifest: Manifest;
  /** In the manifest's order; the values of codebooks at hand. */
  readonly patches: readonly Patch[];
}

/** A patch that goes by another id in the merged bundle, as its own was taken by another patch. */
export interface RenamedPatch {
  readonly source: Digest;
  readonly from: string;
  readonly to: string;
}

/** Several bundles as one. */
export interface MergedBundles {
  readonly edits: readonly Edit[];
  readonly patches: readonly Patch[];
  /** For the manifest: `source.1`, `source.1.method`, `source.1.parameters`, and so on. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Edits and patches that several bundles hold, counted each time they were left out. */
  readonly repeated: { readonly edits: number; readonly patches: number };
  /** Ids of patches that several bundles hold with other radii; of each ball the narrower one is kept. */
  readonly narrowed: readonly string[];
  readonly renamed: readonly RenamedPatch[];
}

const tooMany = (what: string, count: number, most: number): Problem =>
  problem("limit_exceeded", `${count} ${what} are too many for one bundle; at most ${most} fit.`, {
    param: "bundles",
  });

const checkSources = (sources: readonly MergeSource[]): Result<null> => {
  if (sources.length > MERGE_MAX_SOURCES) return fail(tooMany("bundles", sources.length, MERGE_MAX_SOURCES));
  const [first] = sources;
  const other = sources.find(
    ({ manifest: { model } }) =>
      model.digest !== first!.manifest.model.digest || model.tokenizer !== first!.manifest.model.tokenizer,
  );
  if (other === undefined) return ok(null);
  const [mine, theirs] = [first!.manifest.model, other.manifest.model];
  const message =
    `${first!.id} was made for "${mine.name}" ${mine.digest}, ${other.id} for "${theirs.name}" ${theirs.digest}. ` +
    "Merge bundles of one base model.";
  return fail(problem("wrong_base_model", message, { param: "bundles" }));
};

/** Edits of all sources, equal ones once, and where each source's edits went. */
interface JoinedEdits {
  readonly edits: readonly Edit[];
  /** For each edit the source that brought it first. */
  readonly origins: readonly MergeSource[];
  /** For each source, for each of its edits, the place among `edits`. */
  readonly places: readonly (readonly number[])[];
}

const joinEdits = (sources: readonly MergeSource[]): JoinedEdits => {
  const edits: Edit[] = [];
  const origins: MergeSource[] = [];
  const known = new Map<string, number>();
  const places = sources.map((source) =>
    source.manifest.edits.map((edit) => {
      const content = canonicalJson(edit);
      const place = known.get(content);
      if (place !== undefined) return place;
      known.set(content, edits.length);
      origins.push(source);
      return edits.push(edit) - 1;
    }),
  );
  return { edits, origins, places };
};

/** What a patch does and for which edits; equal texts are one patch, whatever it is called. */
const identityOf = (patch: Patch, record: PatchRecord): string =>
  `${recordContent(record)} ${patch.edits.join()}`;

/** The merged patches while they are gathered. */
class PatchGatherer {
  readonly patches: Patch[] = [];
  readonly renamed: RenamedPatch[] = [];
  readonly narrowed = new Set<string>();
  repeated = 0;
  readonly #identities = new Set<string>();
  /** Places of the patches that came under an id. */
  readonly #places = new Map<string, number[]>();
  readonly #allocate = createIdAllocator();

  /** Takes in the patches of one source, whose edits moved to `places`. */
  add({ id: source, manifest, patches }: MergeSource, places: readonly number[]): void {
    const identities: string[] = [];
    for (const [index, patch] of patches.entries()) {
      const moved = { ...patch, edits: [...new Set(patch.edits.map((edit) => places[edit]!))] };
      const identity = identityOf(moved, manifest.patches[index]!);
      identities.push(identity);
      if (this.#identities.has(identity)) this.repeated += 1;
      else this.#place(moved, source);
    }
    // Only what an earlier bundle brought is a repetition: a bundle that holds a patch twice means it.
    for (const identity of identities) this.#identities.add(identity);
  }

  #place(patch: Patch, source: Digest): void {
    if (this.#narrow(patch)) return;
    const id = this.#allocate(patch.id);
    if (id !== patch.id) this.renamed.push({ source, from: patch.id, to: id });
    const place = this.patches.push({ ...patch, id }) - 1;
    this.#places.set(patch.id, [...(this.#places.get(patch.id) ?? []), place]);
  }

  /** Narrows the patch that is this one with other radii; false where there is none. */
  #narrow(patch: Patch): boolean {
    const { radii } = kindOf(patch);
    if (radii === null) return false;
    for (const place of this.#places.get(patch.id) ?? []) {
      const known = this.patches[place]!;
      if (known.kind !== patch.kind || known.edits.join() !== patch.edits.join()) continue;
      if (!radii.sameButRadii(known, patch)) continue;
      const others = radii.of(patch);
      const narrower = radii.of(known).map((radius, row) => Math.min(radius, others[row]!));
      this.patches[place] = radii.with(known, narrower);
      this.narrowed.add(known.id);
      return true;
    }
    return false;
  }
}

const parametersOf = async ({ id, manifest }: Pick<MergeSource, "id" | "manifest">, number: number) => {
  const own = canonicalJson(manifest.parameters);
  const parameters = own.length <= PARAMETER_MAX_LENGTH ? own : await digestOfText(own);
  return [
    [`source.${number}`, id],
    [`source.${number}.method`, manifest.method],
    [`source.${number}.parameters`, parameters],
  ] as const;
};

/** What a merged manifest records of its sources: `source.1`, `source.1.method`, `source.1.parameters`, and so on. */
export const sourceParameters = async (
  sources: readonly Pick<MergeSource, "id" | "manifest">[],
): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries(
    (await Promise.all(sources.map((source, index) => parametersOf(source, index + 1)))).flat(),
  );

/**
 * Makes one set of edits and patches out of those of several bundles of one base model, in their order. Equal edits
 * and equal patches are kept once; a patch that differs in its radii only is kept once with the narrower
 * ones; another patch under an id that is taken gets the id with `-2`, `-3` and so on. Where codebook balls of
 * different bundles overlap is not looked at: that takes geometry, which the editing methods know.
 *
 * A source's hyper-parameters are recorded as canonical JSON, or by their digest where that is too long.
 *
 * Errors: `wrong_base_model`; `limit_exceeded` past `MERGE_MAX_SOURCES` and a bundle's edits and patches;
 * `edit_conflict` naming both edits and their bundles. Throws a RangeError without a source.
 */
export const mergeBundles = async (sources: readonly MergeSource[]): Promise<Result<MergedBundles>> => {
  if (sources.length === 0) throw new RangeError("there is nothing to merge");
  const checked = checkSources(sources);
  if (!checked.ok) return checked;
  const { edits, origins, places } = joinEdits(sources);
  if (edits.length > BUNDLE_MAX_EDITS) return fail(tooMany("edits", edits.length, BUNDLE_MAX_EDITS));
  const compatible = checkEditConflicts(
    edits,
    (index) => `"${edits[index]!.id ?? edits[index]!.prompt}" of ${origins[index]!.id}`,
  );
  if (!compatible.ok) return compatible;
  const gatherer = new PatchGatherer();
  for (const [index, source] of sources.entries()) gatherer.add(source, places[index]!);
  const { patches, renamed, narrowed, repeated } = gatherer;
  if (patches.length > BUNDLE_MAX_PATCHES)
    return fail(tooMany("patches", patches.length, BUNDLE_MAX_PATCHES));
  return ok({
    edits,
    patches,
    parameters: await sourceParameters(sources),
    repeated: {
      edits: sources.reduce((sum, { manifest }) => sum + manifest.edits.length, 0) - edits.length,
      patches: repeated,
    },
    narrowed: [...narrowed],
    renamed,
  });
};
