import * as z from "zod";
import { PATCH_KINDS } from "./kinds/patch-kinds.ts";
import type { PatchBase, PatchKind, RecordBase } from "./patch-kind.ts";

type Kinds = typeof PATCH_KINDS;

/** The name of a kind of patch. */
export type PatchKindName = keyof Kinds;

/** The patches of one kind. */
export type PatchOf<Name extends PatchKindName> =
  Kinds[Name] extends PatchKind<infer P, infer _S, infer _B, infer _List> ? P : never;

/** What the patches of one kind are composed to. */
export type BindingOf<Name extends PatchKindName> =
  Kinds[Name] extends PatchKind<infer _P, infer _S, infer B, infer _List> ? B : never;

/** What a method produces for one edit (or one jointly solved group): the unit attached and reported. */
export type Patch = { readonly [Name in PatchKindName]: PatchOf<Name> }[PatchKindName];

type RecordSchema = Kinds[PatchKindName]["recordSchema"];

/** The kinds, for whoever treats them alike, in the order in which a layer comes by what they do. */
export const ALL_KINDS: readonly PatchKind<Patch, RecordSchema, BindingOf<PatchKindName>>[] =
  Object.values(PATCH_KINDS);

/** The names of the kinds. */
export const PATCH_KIND_NAMES = Object.keys(PATCH_KINDS) as [PatchKindName, ...PatchKindName[]];

/** What is particular to the kind of `patch`, or of its record. */
export const kindOf = (patch: Pick<PatchBase, "kind">): (typeof ALL_KINDS)[number] =>
  PATCH_KINDS[patch.kind as PatchKindName];

/** One patch of a manifest. A layer and values may be asked for, whether or not its kind has them. */
export type PatchRecord = z.infer<RecordSchema> & Pick<RecordBase, "layer" | "values">;

/** One patch as the manifest records it. */
export const patchRecordSchema: z.ZodType<PatchRecord> = z.discriminatedUnion(
  "kind",
  ALL_KINDS.map(({ recordSchema }) => recordSchema) as [RecordSchema, ...RecordSchema[]],
);
