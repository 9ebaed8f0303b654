import { mkdir, rm } from "node:fs/promises";
import { dirname } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";
import { digestOf } from "../../core/digest.ts";
import { digestSchema } from "../../core/digest-schema.ts";
import type { MomentSums } from "../../edit/statistics/collect-second-moments.ts";
import type { SecondMoment } from "../../edit/statistics/second-moment.ts";
import { STATE_POSITIONS } from "../../edit/statistics/state-positions.ts";
import { readBytesIfPresent } from "../directories/files.ts";

/*
 * Files of doubles: one line that says what they are and the digest of the numbers, then the numbers, little-endian
 * and row-major. A file that is not whole is as good as absent: what it held is computed again.
 */

const MAGIC = "errata-moments-1\n";

/** No header is longer than this; a file without a line end within it is none of these. */
const HEADER_LIMIT = 65_536;

const momentSchema = z.object({
  layer: z.int().nonnegative(),
  positions: z.enum(STATE_POSITIONS),
  size: z.int().positive(),
  count: z.int().positive(),
  rank: z.int().nonnegative(),
  corpus: digestSchema,
});

const sumsSchema = z.object({
  texts: z.int().nonnegative(),
  count: z.int().nonnegative(),
  layers: z.array(z.int().nonnegative()),
});

const writeDoubles = async (
  path: string,
  header: Readonly<Record<string, unknown>>,
  parts: readonly Float64Array[],
): Promise<void> => {
  const bytes = Buffer.concat(
    parts.map((part) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength)),
  );
  const line = JSON.stringify({ ...header, body: await digestOf(bytes) });
  await mkdir(dirname(path), { recursive: true });
  await writeFileAtomic(path, Buffer.concat([Buffer.from(`${MAGIC}${line}\n`), bytes]));
};

const parseHeader = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const readDoubles = async <Header>(
  path: string,
  schema: z.ZodType<Header>,
): Promise<{ readonly header: Header; readonly values: Float64Array } | null> => {
  const bytes = await readBytesIfPresent(path);
  if (bytes === null) return null;
  const start = Buffer.from(bytes.subarray(0, HEADER_LIMIT));
  const end = start.indexOf("\n", MAGIC.length);
  if (end < 0 || start.toString("latin1", 0, MAGIC.length) !== MAGIC) return null;
  const written = parseHeader(start.toString("utf8", MAGIC.length, end));
  const header = schema.safeParse(written);
  const body = bytes.slice(end + 1);
  const { body: digest } = (written ?? {}) as { readonly body?: unknown };
  if (!header.success || (await digestOf(body)) !== digest) return null;
  return { header: header.data, values: new Float64Array(body.buffer) };
};

/** Writes a second moment so that a crash leaves the old file or the new one. */
export const writeMoment = (path: string, moment: SecondMoment): Promise<void> => {
  const { layer, positions, matrix, count, rank, corpus } = moment;
  return writeDoubles(path, { layer, positions, size: matrix.rows, count, rank, corpus }, [matrix.data]);
};

/** Reads a second moment back; null where there is none or the file is not whole. */
export const readMoment = async (path: string): Promise<SecondMoment | null> => {
  const read = await readDoubles(path, momentSchema);
  if (!read) return null;
  const { size, ...facts } = read.header;
  if (read.values.length !== size * size) return null;
  return { ...facts, matrix: { rows: size, columns: size, data: read.values } };
};

/** Writes where a collection stands, in the same way. */
export const writeSums = (path: string, { texts, count, sums }: MomentSums): Promise<void> =>
  writeDoubles(path, { texts, count, layers: [...sums.keys()] }, [...sums.values()]);

/** Reads where a collection of `layers` with m = `size` stood; null where there is nothing to go on from. */
export const readSums = async (
  path: string,
  layers: readonly number[],
  size: number,
): Promise<MomentSums | null> => {
  const read = await readDoubles(path, sumsSchema);
  if (!read) return null;
  const { texts, count, layers: held } = read.header;
  const square = size * size;
  if (held.join() !== layers.join() || read.values.length !== square * layers.length) return null;
  const sums = new Map(layers.map((layer, i) => [layer, read.values.slice(i * square, (i + 1) * square)]));
  return { texts, count, sums };
};

/** Removes a checkpoint whose collection is done. */
export const removeSums = (path: string): Promise<void> => rm(path, { force: true });
