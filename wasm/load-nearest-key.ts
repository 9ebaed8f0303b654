import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** Compilation from bytes, which Node has and workerd, whose types are in force here, forbids. */
const Compiled = WebAssembly.Module as unknown as new (bytes: Uint8Array) => WebAssembly.Module;

/** Compiles the codebook search in Node; in workerd, `nearest-key.wasm` is imported as a compiled module instead. */
export const loadNearestKey = async (): Promise<WebAssembly.Module> =>
  new Compiled(await readFile(join(import.meta.dirname, "nearest-key.wasm")));
