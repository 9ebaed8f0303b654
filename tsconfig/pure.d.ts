/**
 * All that the pure rooms may use besides the language: text, bytes, digests and signatures, as Node, workerd and
 * browsers have them. No clock, no chance, no network, no console.
 */
declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
}

declare class TextDecoder {
  constructor(label?: "utf-8", options?: { readonly fatal?: boolean; readonly ignoreBOM?: boolean });
  decode(bytes?: ArrayBufferView | ArrayBuffer): string;
}

declare const atob: (base64: string) => string;
declare const btoa: (bytes: string) => string;

interface CryptoKey {
  readonly type: "private" | "public" | "secret";
}

declare const crypto: {
  readonly subtle: {
    digest(algorithm: "SHA-256", data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>;
    importKey(
      format: "raw",
      key: Uint8Array<ArrayBuffer>,
      algorithm: "Ed25519",
      extractable: boolean,
      usages: readonly "verify"[],
    ): Promise<CryptoKey>;
    sign(algorithm: "Ed25519", key: CryptoKey, data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>;
    verify(
      algorithm: "Ed25519",
      key: CryptoKey,
      signature: Uint8Array<ArrayBuffer>,
      data: Uint8Array<ArrayBuffer>,
    ): Promise<boolean>;
  };
};
