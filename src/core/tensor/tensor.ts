/** A dense tensor in row-major order. Whoever creates `data` owns it; readers must not write to it. */
export interface Tensor<Data extends TensorData = TensorData> {
  readonly shape: readonly number[];
  readonly data: Data;
}

/** The element storages that patches use: float32 for numbers, int32 for token ids. */
export type TensorData = Float32Array | Int32Array;

/** A tensor of 32-bit floats. */
export type FloatTensor = Tensor<Float32Array>;

/** A tensor of 32-bit integers. */
export type IntTensor = Tensor<Int32Array>;

/** The number of elements that `shape` describes; 1 for a scalar. */
export const elementCount = (shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, 1);

/** Whether two tensors have one shape and the same numbers. */
export const equalTensors = (left: Tensor, right: Tensor): boolean =>
  left.shape.join() === right.shape.join() &&
  left.data.length === right.data.length &&
  left.data.every((value, index) => value === right.data[index]);
