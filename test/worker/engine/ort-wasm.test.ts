import { describe, expect, test } from "vitest";
import { loadOrtWasm } from "../../../wasm/ort-wasm.ts";
import { PROBE_MODEL } from "../../../wasm/probe-model.ts";

describe("the loader of onnxruntime-web in workerd", () => {
  test("initialises the pinned release and runs a graph", async () => {
    const { ort } = await loadOrtWasm();
    expect(ort.env.versions.web).toBe("1.30.0");
    const session = await ort.InferenceSession.create(PROBE_MODEL);
    const { y } = await session.run({ x: new ort.Tensor("float32", [2.5], [1]) });
    expect(y?.data).toEqual(Float32Array.of(2.5));
    await session.release();
  });

  test("initialises once an isolate", async () => {
    expect(await loadOrtWasm()).toBe(await loadOrtWasm());
  });

  test("leaves WebAssembly.instantiate as it found it", async () => {
    await loadOrtWasm();
    await expect(WebAssembly.instantiate(new Uint8Array([1]) as never)).rejects.toThrow();
  });

  test("reports the runtime's memory, 16 MiB after initialisation, in whole pages", async () => {
    const { heapBytes } = await loadOrtWasm();
    expect(heapBytes()).toBeGreaterThanOrEqual(16 * 2 ** 20);
    expect(heapBytes()).toBeLessThan(24 * 2 ** 20);
    expect(heapBytes() % 65_536).toBe(0);
  });
});
