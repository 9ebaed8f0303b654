/** `npm run kernels`: assembles each `.wat` file of this folder into the `.wasm` file that is committed beside it. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { assemble } from "./assemble.ts";

const FOLDER = import.meta.dirname;

for (const name of (await readdir(FOLDER)).filter((file) => file.endsWith(".wat"))) {
  const bytes = await assemble(name, await readFile(join(FOLDER, name), "utf8"));
  await writeFile(join(FOLDER, name.replace(/wat$/, "wasm")), bytes);
  console.log(`${name}: ${bytes.byteLength} bytes`);
}
