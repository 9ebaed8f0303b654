import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { REPOSITORY } from "./run-example.ts";

/** Where examples are written to be type-checked; git ignores it. */
const FOLDER = join(REPOSITORY, ".examples");

const CONFIGURATION = {
  extends: "../tsconfig.json",
  // Both folders are one to the compiler, so that an example imports from the root, where it is run.
  compilerOptions: { rootDirs: [".", ".."] },
  include: ["*.ts"],
};

/** What the compiler has against `examples`, a line each; a message names an example by its place in the list. */
export const typeFaults = async (examples: readonly string[]): Promise<readonly string[]> => {
  await mkdir(FOLDER, { recursive: true });
  try {
    await writeFile(join(FOLDER, "tsconfig.json"), JSON.stringify(CONFIGURATION));
    await Promise.all(
      // A module each, whether it imports or not, so that their names are their own.
      examples.map((code, index) => writeFile(join(FOLDER, `example-${index}.ts`), `${code}\nexport {};\n`)),
    );
    const compiler = join(REPOSITORY, "node_modules/typescript/bin/tsc");
    const output = await new Promise<string>((resolve) => {
      execFile(process.execPath, [compiler, "-p", FOLDER], { cwd: FOLDER }, (_, stdout, stderr) =>
        resolve(stdout + stderr),
      );
    });
    return output.split("\n").filter((line) => line !== "");
  } finally {
    await rm(FOLDER, { recursive: true });
  }
};
