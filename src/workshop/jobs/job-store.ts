import { createHash } from "node:crypto";
import { type FileHandle, mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { ok, type Result } from "../../core/result.ts";
import type { Workbench } from "../../edit/workbench.ts";
import { readBytesIfPresent } from "../directories/files.ts";

/*
 * One file of records, each appended as its value is finished: the length of its body (32 bits, little-endian), the
 * sha256 of the body, and the body, key and value in V8's serialisation, which keeps every bit of an array. Reading
 * stops at the first record that is not whole, and the file is cut there: what was torn is computed again.
 */

/** The file of records, in the directory of the job. */
export const RESULTS_FILE = "results.bin";

const LENGTH_BYTES = 4;
const HASH_BYTES = 32;
const HEADER_BYTES = LENGTH_BYTES + HASH_BYTES;

interface JobRecord {
  readonly key: string;
  readonly value: unknown;
}

/** What is finished of a job, on the disk. */
export interface JobStore {
  /** How many values an interrupted run has left. */
  readonly held: number;
  /** How many values it holds by now. */
  readonly kept: () => number;
  readonly remember: Workbench["remember"];
  /** Closes the file; what it holds stays, and one that holds nothing goes. */
  close(): Promise<void>;
  /** Forgets the job, once it is done. */
  remove(): Promise<void>;
}

const hashOf = (body: Uint8Array): Buffer => createHash("sha256").update(body).digest();

const encodeRecord = (record: JobRecord): Buffer => {
  const body = serialize(record);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(body.length);
  return Buffer.concat([length, hashOf(body), body]);
};

const parseBody = (body: Buffer): JobRecord | null => {
  try {
    return deserialize(body) as JobRecord;
  } catch {
    // Written by a runtime that serialises otherwise.
    return null;
  }
};

/** The record at `start` and where it ends; null where none is whole there. */
const recordAt = (
  bytes: Buffer,
  start: number,
): { readonly record: JobRecord; readonly end: number } | null => {
  if (start + HEADER_BYTES > bytes.length) return null;
  const end = start + HEADER_BYTES + bytes.readUInt32LE(start);
  const body = bytes.subarray(start + HEADER_BYTES, end);
  if (end > bytes.length || !hashOf(body).equals(bytes.subarray(start + LENGTH_BYTES, start + HEADER_BYTES)))
    return null;
  const record = parseBody(body);
  return record && { record, end };
};

/** All records up to the first that is not whole, and where they end. */
const readRecords = (bytes: Buffer) => {
  const values = new Map<string, unknown>();
  let end = 0;
  for (let next = recordAt(bytes, 0); next !== null; next = recordAt(bytes, end)) {
    values.set(next.record.key, next.record.value);
    end = next.end;
  }
  return { values, end };
};

const storeOn = (file: FileHandle, directory: string, held: ReadonlyMap<string, unknown>): JobStore => {
  let written = Promise.resolve();
  let added = 0;
  return {
    held: held.size,
    kept: () => held.size + added,
    remember: async <Value>(key: string, compute: () => Promise<Result<Value>>) => {
      if (held.has(key)) return ok(held.get(key) as Value);
      const computed = await compute();
      if (!computed.ok) return computed;
      // One after another, so that records do not run into each other.
      written = written.then(() => file.appendFile(encodeRecord({ key, value: computed.value })));
      await written;
      added += 1;
      return computed;
    },
    close: async () => {
      await file.close();
      if (held.size + added === 0) await rm(directory, { recursive: true, force: true });
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
};

/** Opens the store of one job in `directory`, with what an interrupted run left there. */
export const openJobStore = async (directory: string): Promise<JobStore> => {
  await mkdir(directory, { recursive: true });
  const path = join(directory, RESULTS_FILE);
  const { values, end } = readRecords(Buffer.from((await readBytesIfPresent(path)) ?? []));
  const file = await open(path, "a");
  await file.truncate(end);
  return storeOn(file, directory, values);
};
