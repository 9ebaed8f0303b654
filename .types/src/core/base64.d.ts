/** The base64 text of `bytes`, padded. */
export declare const encodeBase64: (bytes: Uint8Array) => string;
/** The bytes that `text` stands for, in a buffer of their own; null where it is not base64. */
export declare const decodeBase64: (text: string) => Uint8Array<ArrayBuffer> | null;
