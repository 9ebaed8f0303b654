import createWabt from "wabt";

/**
 * Assembles WebAssembly text with SIMD; the same text gives the same bytes. Throws with the line of the first fault.
 *
 * @param name of the file, for messages
 */
export const assemble = async (name: string, text: string): Promise<Uint8Array> => {
  const wabt = await createWabt();
  const module = wabt.parseWat(name, text, { simd: true });
  try {
    module.validate();
    return module.toBinary({ write_debug_names: false }).buffer;
  } finally {
    module.destroy();
  }
};
