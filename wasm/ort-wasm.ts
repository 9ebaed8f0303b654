import wasmModule from "onnxruntime-web/ort-wasm-simd-threaded.wasm";
import type * as OnnxRuntime from "onnxruntime-web/wasm";
import { PROBE_MODEL } from "./probe-model.ts";

/** The onnxruntime-web release that this loader was written against; its test fails first at an upgrade. */
const ORT_VERSION = "1.30.0";

/** onnxruntime-web, initialised for workerd. */
export interface OrtWasm {
  readonly ort: typeof OnnxRuntime;
  /** Bytes of the runtime's WebAssembly memory now, always whole pages; it grows and never shrinks. */
  heapBytes(): number;
}

type Instantiate = (source: unknown, imports: WebAssembly.Imports) => Promise<unknown>;

/**
 * Stands in for the wasm binary. Setting any binary makes the runtime use the glue code embedded in its bundle,
 * so it neither fetches nor imports at run time; one byte is enough, as the compiled module takes its place.
 */
const MARKER = new Uint8Array([1]);

const isMarker = (source: unknown): boolean =>
  source instanceof Uint8Array && source.byteLength === MARKER.byteLength && source[0] === MARKER[0];

const memoryAmong = (imports: WebAssembly.Imports): WebAssembly.Memory | undefined =>
  Object.values(imports)
    .flatMap((group) => Object.values(group))
    .find((value): value is WebAssembly.Memory => value instanceof WebAssembly.Memory);

const changed = (what: string): Error =>
  new Error(
    `onnxruntime-web ${what}; the loader in wasm/ort-wasm.ts expects what release ${ORT_VERSION} does. ` +
      `Pin onnxruntime-web to ${ORT_VERSION} or adapt the loader.`,
  );

/**
 * Runs `initialise` while `WebAssembly.instantiate` answers the runtime's one call with the compiled module,
 * because workerd forbids compiling bytes. Any other call, or none, means that the runtime has changed.
 */
const withCompiledModule = async (initialise: () => Promise<void>): Promise<WebAssembly.Memory> => {
  const platform = WebAssembly as unknown as { instantiate: Instantiate };
  const original = platform.instantiate;
  let memory: WebAssembly.Memory | undefined;
  let calls = 0;
  platform.instantiate = async (source, imports) => {
    calls += 1;
    if (!isMarker(source))
      throw changed("passed something else than its wasm binary to WebAssembly.instantiate");
    memory = memoryAmong(imports);
    const instance = await original.call(platform, wasmModule, imports);
    return { instance, module: wasmModule };
  };
  try {
    await initialise();
  } finally {
    platform.instantiate = original;
  }
  if (calls !== 1)
    throw changed(`called WebAssembly.instantiate ${calls} times while initialising, not once`);
  if (memory === undefined) throw changed("no longer imports its WebAssembly memory");
  return memory;
};

const load = async (): Promise<OrtWasm> => {
  const ort = await import("onnxruntime-web/wasm");
  if (ort.env.versions.web !== ORT_VERSION) throw changed(`is at release ${ort.env.versions.web}`);
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.proxy = false;
  ort.env.wasm.wasmBinary = MARKER;
  const memory = await withCompiledModule(async () => {
    const session = await ort.InferenceSession.create(PROBE_MODEL);
    await session.release();
  });
  return { ort, heapBytes: () => memory.buffer.byteLength };
};

let loading: Promise<OrtWasm> | undefined;

/**
 * The runtime of this isolate, initialised by the first call. Throws where onnxruntime-web does not behave as
 * the pinned release does; that failure stays for the isolate's life, as the runtime itself remembers it.
 */
export const loadOrtWasm = (): Promise<OrtWasm> => {
  loading ??= load();
  return loading;
};
