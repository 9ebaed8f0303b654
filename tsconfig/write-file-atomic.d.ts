/** The library ships no types, and the published ones refuse a `Uint8Array`. */

/** Writes beside `path`, syncs and renames: the file is replaced whole or not at all, by one writer of many. */
export default function writeFileAtomic(path: string, data: string | Uint8Array): Promise<void>;
