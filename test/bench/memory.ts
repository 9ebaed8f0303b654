import { alone, type Subject } from "./figure.ts";
import { readBenchModels } from "./support/bench-models.ts";
import { startBenchService } from "./support/bench-service.ts";

/** What an isolate may hold on Cloudflare, in bytes. */
const ISOLATE_BYTES = 128 * 2 ** 20;

/** WebAssembly memory in workerd with the default model. */
export const memory: Subject = {
  name: "memory",
  title: "WebAssembly memory in workerd with the default model",
  measure: async () => {
    const service = await startBenchService(await readBenchModels());
    try {
      const { heapBefore, heapLoaded, heapUsed } = service.load;
      const budget = (bytes: number) => ({
        text: `under ${ISOLATE_BYTES} (the isolate's limit)`,
        met: bytes < ISOLATE_BYTES,
      });
      return [
        alone("runtime alone", heapBefore, "bytes"),
        alone("model loaded", heapLoaded, "bytes", budget(heapLoaded)),
        alone("after a whole context", heapUsed, "bytes", budget(heapUsed)),
      ];
    } finally {
      await service.stop();
    }
  },
};
