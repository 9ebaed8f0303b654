import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { assemble } from "../../wasm/assemble.ts";

const FOLDER = join(import.meta.dirname, "../../wasm");

const texts = (await readdir(FOLDER)).filter((name) => name.endsWith(".wat"));

test.each(texts)("the committed kernel is what %s assembles to, byte for byte", async (name) => {
  const text = await readFile(join(FOLDER, name), "utf8");
  const committed = await readFile(join(FOLDER, name.replace(/wat$/, "wasm")));
  expect(Buffer.from(await assemble(name, text)).equals(committed)).toBe(true);
});

test("text that is no WebAssembly is refused with its line", async () => {
  await expect(assemble("wrong.wat", "(module\n (func (result i32)))")).rejects.toThrow(/wrong\.wat:2/);
});
