import * as z from "zod";
import type { Digest } from "../digest.ts";
import { digestSchema } from "../digest-schema.ts";
import { duplicateKey } from "../duplicate-key.ts";
import { BUNDLE_MAX_EDITS, editSchema } from "../edit/edit.ts";
import { modelNameSchema } from "../model/model-name.ts";
import { patchRecordSchema } from "../patch/patch.ts";
import { blobsOf } from "../patch/patch-record.ts";
import { type Problem, problem } from "../problem.ts";
import { fail, ok, type Result } from "../result.ts";

/** The manifest format this code reads and writes. */
export const MANIFEST_FORMAT = 2;
/** Largest manifest read, in bytes: about 10,000 edits in clear, each with its patch record. */
export const MANIFEST_MAX_BYTES = 8 * 1024 * 1024;
/** Most patches of one bundle. */
export const BUNDLE_MAX_PATCHES = 10_000;
/** Most hyper-parameters recorded of one method. */
export const BUNDLE_MAX_PARAMETERS = 100;
/** Most characters of one hyper-parameter's name or value. */
export const PARAMETER_MAX_LENGTH = 1_000;
/** Most characters of a method's name. */
export const METHOD_NAME_MAX_LENGTH = 40;
const parametersSchema = z
  .record(z.string().min(1).max(PARAMETER_MAX_LENGTH), z.string().max(PARAMETER_MAX_LENGTH))
  .refine((entries) => Object.keys(entries).length <= BUNDLE_MAX_PARAMETERS, {
    message: `expected at most ${BUNDLE_MAX_PARAMETERS} hyper-parameters`,
  });

/**
 * The manifest of a bundle: everything it claims, in integers and strings only, so that its canonical bytes are
 * the same on every machine. Floating-point hyper-parameters are recorded as the strings they were given as.
 */
export const manifestSchema = z.strictObject({
  format: z.literal(MANIFEST_FORMAT),
  /** The bundle this one was made from; a label for people and diffs, never needed to load. */
  parent: digestSchema.nullable(),
  model: z.strictObject({
    name: modelNameSchema,
    /** `modelDigest` of the base model. */
    digest: digestSchema,
    tokenizer: digestSchema,
  }),
  method: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/)
    .max(METHOD_NAME_MAX_LENGTH),
  parameters: parametersSchema,
  seed: z.int(),
  edits: z.array(editSchema).max(BUNDLE_MAX_EDITS),
  patches: z.array(patchRecordSchema).max(BUNDLE_MAX_PATCHES),
  /** Digest of `report.json`, the measured metrics; null where nothing was measured. */
  report: digestSchema.nullable(),
});

/** A parsed manifest. */
export type Manifest = z.infer<typeof manifestSchema>;
const malformed = (message: string, param = "manifest"): Problem =>
  problem("malformed_manifest", `The manifest is malformed: ${message}. Build the bundle again.`, { param });

const decodeJson = (bytes: Uint8Array): Result<unknown> => {
  try {
    // A byte-order mark or a replaced byte would make text that stands for other bytes than those signed.
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const json: unknown = JSON.parse(text);
    const duplicate = duplicateKey(text);
    return duplicate === null ? ok(json) : fail(malformed(`the key "${duplicate}" stands twice`));
  } catch (cause) {
    return fail(malformed(`expected UTF-8 JSON: ${cause instanceof Error ? cause.message : String(cause)}`));
  }
};

const checkReferences = (manifest: Manifest): Problem | null => {
  const ids = new Set<string>();
  for (const patch of manifest.patches) {
    if (ids.has(patch.id)) return malformed(`two patches have the id "${patch.id}"`, "patches");
    ids.add(patch.id);
    const unknown = patch.edits.find((index) => index >= manifest.edits.length);
    if (unknown !== undefined)
      return malformed(
        `patch "${patch.id}" names edit ${unknown}, but there are ${manifest.edits.length} edits`,
        "patches",
      );
  }
  return null;
};

const formatOf = (json: unknown): unknown =>
  typeof json === "object" && json !== null && "format" in json ? json.format : undefined;

/**
 * Reads a manifest from its exact bytes.
 *
 * Errors: `limit_exceeded` past `MANIFEST_MAX_BYTES`, `unsupported_format` for another format version,
 * `malformed_manifest` for everything else, with the path of the first fault.
 */
export const parseManifest = (bytes: Uint8Array): Result<Manifest> => {
  if (bytes.length > MANIFEST_MAX_BYTES)
    return fail(
      problem(
        "limit_exceeded",
        `The manifest has ${bytes.length} bytes; at most ${MANIFEST_MAX_BYTES} are read. Split the bundle.`,
        { param: "manifest" },
      ),
    );
  const json = decodeJson(bytes);
  if (!json.ok) return json;
  const format = formatOf(json.value);
  if (typeof format === "number" && format !== MANIFEST_FORMAT)
    return fail(
      problem(
        "unsupported_format",
        `The manifest has format ${format}; this service reads ${MANIFEST_FORMAT}.`,
        {
          param: "format",
        },
      ),
    );
  const parsed = manifestSchema.safeParse(json.value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const path = issue?.path.join(".") || "manifest";
    return fail(malformed(`at ${path}: ${issue?.message ?? "unknown fault"}`, path));
  }
  const fault = checkReferences(parsed.data);
  return fault === null ? ok(parsed.data) : fail(fault);
};

/** The digests of every patch blob of `manifest`, each once, in order of first use. */
export const blobDigests = (manifest: Pick<Manifest, "patches">): readonly Digest[] => [
  ...new Set(manifest.patches.flatMap((patch) => blobsOf(patch).map(({ blob }) => blob))),
];

/** The digests of the blobs that every load needs: all but those of patches' values, each once. */
export const indexDigests = (manifest: Pick<Manifest, "patches">): readonly Digest[] => [
  ...new Set(manifest.patches.map((patch) => patch.blob)),
];
