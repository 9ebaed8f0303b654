/** The root mean square of `values`, by which steps of Adam are scaled; of at least one. */
export const rootMeanSquare = (values: Float32Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
