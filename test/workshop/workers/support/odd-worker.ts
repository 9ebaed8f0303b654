/** A worker that does what its items say: doubles a number, breaks down in several ways, or never answers. */
import type { WorkerRequest } from "../../../../src/workshop/workers/messages.ts";

process.on("message", (request: WorkerRequest) => {
  if (request.kind === "open") return;
  const { item } = request;
  if (item === "throw") throw new Error("a bug");
  if (item === "exit") process.exit(3);
  if (item === "die") process.kill(process.pid, "SIGSEGV");
  if (item === "spin") for (;;);
  process.send!({ ok: true, value: 2 * (item as number) });
});
