import { execFile, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

/** Most milliseconds that one answer of a script may take. */
const ANSWER_LIMIT_MS = 300_000;

/** What a note says where there is no PyTorch. */
export const NO_PYTORCH =
  "PyTorch is not installed for python3, nor for the interpreter that PYTHON names, so there is nothing beside";

/** The interpreter that the environment's PYTHON names, else python3; null where it has no PyTorch. */
export const findPytorch = async (): Promise<string | null> => {
  const interpreter = process.env.PYTHON ?? "python3";
  return promisify(execFile)(interpreter, ["-c", "import torch"]).then(
    () => interpreter,
    () => null,
  );
};

// -B: a benchmark leaves no compiled files beside its scripts.
const argumentsOf = (script: string, setting: unknown) => ["-B", script, JSON.stringify(setting)];

/** Runs `script` with `setting` as JSON, and parses the JSON it prints. */
export const runPytorch = async (interpreter: string, script: string, setting: unknown): Promise<unknown> => {
  const run = promisify(execFile)(interpreter, argumentsOf(script, setting), { timeout: ANSWER_LIMIT_MS });
  return JSON.parse((await run).stdout);
};

/** A script that stays, so that both sides are warm and can be measured in turn. */
export interface PytorchProcess {
  /** Sends one line of JSON and resolves to the line of JSON that comes back; rejects where the script ends instead. */
  ask(request: unknown): Promise<unknown>;
  stop(): void;
}

/** How PyTorch's threads wait for each other: busily, which is fast on a quiet machine and slow on another, or asleep. */
export const WAIT_POLICIES = ["active", "passive"] as const;

/** Starts `script` with `setting` as JSON. */
export const startPytorch = (
  interpreter: string,
  script: string,
  setting: unknown,
  policy: (typeof WAIT_POLICIES)[number],
): PytorchProcess => {
  const child = spawn(interpreter, argumentsOf(script, setting), {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, OMP_WAIT_POLICY: policy },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: async (request) => {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const line = await lines.next();
      if (line.done) throw new Error(`${script} ended without an answer`);
      return JSON.parse(line.value);
    },
    stop: () => child.stdin.end(),
  };
};
