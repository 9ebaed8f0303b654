import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Kernels } from "../src/engine/search/kernels.ts";

/** Compilation from bytes, which Node has and workerd, whose types are in force here, forbids. */
const Compiled = WebAssembly.Module as unknown as new (bytes: Uint8Array) => WebAssembly.Module;

const compile = async (file: string): Promise<WebAssembly.Module> =>
  new Compiled(await readFile(join(import.meta.dirname, file)));

/** Compiles the kernels in Node; workerd imports them as compiled modules instead (`kernels.ts`). */
export const loadKernels = async (): Promise<Kernels> => ({
  nearestKey: await compile("nearest-key.wasm"),
  firedNeurons: await compile("fired-neurons.wasm"),
});
