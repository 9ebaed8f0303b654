/** Runs what it is given once everything given before has ended, well or badly. */
export type SerialQueue = <Value>(work: () => Promise<Value>) => Promise<Value>;
/** A queue in which one piece of work runs at a time, in order of arrival. */
export declare const createSerialQueue: () => SerialQueue;
