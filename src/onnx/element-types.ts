import { TensorProto_DataType as Type } from "onnx-buf";
import type { StoredType } from "./graph.ts";

const TO_PROTO: Readonly<Record<StoredType, number>> = {
  float32: Type.FLOAT,
  float16: Type.FLOAT16,
  int64: Type.INT64,
  int32: Type.INT32,
  bool: Type.BOOL,
  float64: Type.DOUBLE,
  uint8: Type.UINT8,
  int8: Type.INT8,
  uint4: Type.UINT4,
  int4: Type.INT4,
};

const FROM_PROTO = new Map(Object.entries(TO_PROTO).map(([name, code]) => [code, name as StoredType]));

/** ONNX's number for an element type. */
export const elementTypeToProto = (type: StoredType): number => TO_PROTO[type];

/** The element type behind ONNX's number, undefined for one that decoders here do not use. */
export const elementTypeFromProto = (code: number): StoredType | undefined => FROM_PROTO.get(code);
