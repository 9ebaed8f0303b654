import type { ElementType } from "./graph.ts";
/** ONNX's number for an element type. */
export declare const elementTypeToProto: (type: ElementType) => number;
/** The element type behind ONNX's number, undefined for one that decoders here do not use. */
export declare const elementTypeFromProto: (code: number) => ElementType | undefined;
