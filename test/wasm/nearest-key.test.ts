import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { assemble } from "../../wasm/assemble.ts";

const FOLDER = join(import.meta.dirname, "../../wasm");

test("the committed kernel is what its text assembles to, byte for byte", async () => {
  const text = await readFile(join(FOLDER, "nearest-key.wat"), "utf8");
  const committed = await readFile(join(FOLDER, "nearest-key.wasm"));
  expect(Buffer.from(await assemble("nearest-key.wat", text)).equals(committed)).toBe(true);
});

test("text that is no WebAssembly is refused with its line", async () => {
  await expect(assemble("wrong.wat", "(module\n (func (result i32)))")).rejects.toThrow(/wrong\.wat:2/);
});
