/** What Node has of the web and its own declarations name only in modules, or nowhere. */
type CryptoKey = import("node:crypto").webcrypto.CryptoKey;
type CryptoKeyPair = import("node:crypto").webcrypto.CryptoKeyPair;
type JsonWebKey = import("node:crypto").webcrypto.JsonWebKey;

declare namespace WebAssembly {
  /** Compiled code; Node compiles it from bytes. */
  class Module {
    constructor(bytes: Uint8Array);
  }
}
