/** Runs what it is given once everything given before has ended, well or badly. */
export type SerialQueue = <Value>(work: () => Promise<Value>) => Promise<Value>;

/** A queue in which one piece of work runs at a time, in order of arrival. */
export const createSerialQueue = (): SerialQueue => {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    // The next in line waits for the end only; how it ended is for whoever gave the work.
    last = result.catch(() => undefined);
    return result;
  };
};
