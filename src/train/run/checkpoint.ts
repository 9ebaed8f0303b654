import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";
import { type Digest, digestOf } from "../../core/digest.ts";
import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";
import { concatenate } from "../../core/tensor/concatenate.ts";
import type { AdamState } from "../../optim/adam.ts";

/** Where a run stands: all that a later process needs to go on as if it had never stopped. */
export interface TrainingState {
  readonly weights: Float32Array;
  readonly adam: AdamState;
  /** The epoch under way, from 0, and how many of its batches are done. */
  epoch: number;
  batch: number;
  /** The loss of every step so far. */
  losses: number[];
}

/** What a checkpoint belongs to: it must not be resumed under other settings or on another corpus. */
export interface RunIdentity {
  readonly config: Digest;
  readonly corpus: Digest;
}

const MAGIC = "errata-checkpoint-1\n";

/** No header is longer than this; a file without a line end within it is not a checkpoint. */
const HEADER_LIMIT = 4096;

const headerSchema = z.object({
  config: z.string(),
  corpus: z.string(),
  epoch: z.int().nonnegative(),
  batch: z.int().nonnegative(),
  step: z.int().nonnegative(),
  weights: z.int().positive(),
  losses: z.int().nonnegative(),
  body: z.string(),
});

const malformed = (path: string, what: string) =>
  fail(problem("malformed_checkpoint", `${path}: ${what}. Delete the file to start over.`, { param: path }));

/** Writes `state` to `path` so that a crash leaves either the old file or the new one, never a mixture. */
export const writeCheckpoint = async (
  path: string,
  state: TrainingState,
  identity: RunIdentity,
): Promise<void> => {
  const { weights, adam, epoch, batch, losses } = state;
  const tensors = concatenate([weights, adam.mean, adam.square, Float32Array.from(losses)]);
  const body = new Uint8Array(tensors.buffer);
  const header: z.infer<typeof headerSchema> = {
    ...identity,
    epoch,
    batch,
    step: adam.step,
    weights: weights.length,
    losses: losses.length,
    body: await digestOf(body),
  };
  await writeFileAtomic(path, Buffer.concat([Buffer.from(`${MAGIC}${JSON.stringify(header)}\n`), body]));
};

const parseHeader = (bytes: Buffer): { header: z.infer<typeof headerSchema>; body: Buffer } | undefined => {
  const start = bytes.subarray(0, HEADER_LIMIT);
  const end = start.indexOf("\n", MAGIC.length);
  if (end < 0 || start.toString("latin1", 0, MAGIC.length) !== MAGIC) return undefined;
  try {
    const header = headerSchema.parse(JSON.parse(start.toString("utf8", MAGIC.length, end)));
    return { header, body: bytes.subarray(end + 1) };
  } catch {
    return undefined;
  }
};

const identityFault = (header: RunIdentity | z.infer<typeof headerSchema>, identity: RunIdentity) => {
  if (header.config !== identity.config) return "it was made under other settings";
  return header.corpus === identity.corpus ? undefined : "it was made on another corpus";
};

/**
 * Reads the checkpoint at `path`. Fails with `file_not_found`, and with `malformed_checkpoint` where the file is
 * truncated or altered, or belongs to other settings or another corpus.
 */
export const readCheckpoint = async (path: string, identity: RunIdentity): Promise<Result<TrainingState>> => {
  if (!existsSync(path)) return fail(problem("file_not_found", `${path}: there is no checkpoint.`));
  const parsed = parseHeader(await readFile(path));
  if (!parsed) return malformed(path, "this is not a checkpoint");
  const { header, body } = parsed;
  const fault = identityFault(header, identity);
  if (fault !== undefined) return malformed(path, fault);
  const { weights: size, losses, epoch, batch, step } = header;
  const expected = (3 * size + losses) * Float32Array.BYTES_PER_ELEMENT;
  if (body.length !== expected)
    return malformed(path, `expected ${expected} bytes of tensors, got ${body.length}`);
  if ((await digestOf(body)) !== header.body) return malformed(path, "its tensors do not match their digest");
  // A copy, as the file's bytes need not be aligned for floats.
  const values = new Float32Array(Uint8Array.from(body).buffer);
  return ok({
    weights: values.slice(0, size),
    adam: { mean: values.slice(size, 2 * size), square: values.slice(2 * size, 3 * size), step },
    epoch,
    batch,
    losses: Array.from(values.subarray(3 * size)),
  });
};
