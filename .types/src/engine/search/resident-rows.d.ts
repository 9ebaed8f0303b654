/** Bytes of rows that stay in the kernels' memory; those consulted longest ago make room past it. */
export declare const RESIDENT_BYTES: number;
/** Where the state lies that rows are compared with. */
export declare const STATE_ADDRESS = 0;
/**
 * The memory of the kernels: a state at its start, and behind it the rows that states are compared with, which are
 * written when first asked for and stay while there is room, so that a later comparison copies the state alone.
 */
export declare class ResidentRows {
    #private;
    readonly memory: WebAssembly.Memory;
    /** Bytes from one row to the next. */
    readonly rowBytes: number;
    /**
     * @param width of the model's residual stream
     * @param capacity bytes of rows that stay
     */
    constructor(width: number, capacity?: number);
    /** Bytes of the memory; it grows and never shrinks. */
    get bytes(): number;
    /** The smallest size that rows may follow. */
    padded(bytes: number): number;
    /** The address of what `owner` keeps here; `write` puts it there where it is not. `bytes` must be padded. */
    addressOf(owner: object, bytes: number, write: (address: number) => void): number;
    /** Puts the state that starts at `offset` of `states` where kernels read it. */
    putState(states: Float32Array, offset: number): void;
    /** The whole memory; a view that no later growth may go past. */
    get floats(): Float32Array;
    /** The same as integers. */
    get integers(): Int32Array;
    /** Index in `floats` and `integers` of what lies at `address`. */
    static indexOf(address: number): number;
}
