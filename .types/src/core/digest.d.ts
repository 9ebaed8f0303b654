/** A content address: `sha256:` and 64 lower-case hexadecimal digits. */
export type Digest = `sha256:${string}`;
/** Whether `text` is a well-formed digest. */
export declare const isDigest: (text: string) => text is Digest;
/** The digest of `bytes`. Computed by the platform's WebCrypto; touches nothing else. */
export declare const digestOf: (bytes: Uint8Array) => Promise<Digest>;
/** The digest of a UTF-8 text. */
export declare const digestOfText: (text: string) => Promise<Digest>;
