import { problem } from "../../core/problem.ts";
import { fail, ok, type Result } from "../../core/result.ts";

/** What stands in the place of a model often enough to be told by name, and what to do about it. */
const KINDS: readonly {
  readonly what: string;
  readonly instead: string;
  readonly is: (start: string, bytes: Uint8Array) => boolean;
}[] = [
  { what: "is empty", instead: "Fetch it again.", is: (_, bytes) => bytes.length === 0 },
  {
    what: "is a Git LFS pointer, not the model itself",
    instead: "Fetch the model: git lfs pull",
    is: (start) => start.startsWith("version https://git-lfs.github.com/"),
  },
  {
    what: "is a web page, such as a sign-in or an error",
    instead: "Fetch the file itself, with a token where the model asks for one.",
    is: (start) => /^\s*<(!doctype|html|head|\?xml)/i.test(start),
  },
  {
    what: "is JSON",
    instead: "Name the .onnx file.",
    is: (start) => /^\s*\{\s*"/.test(start),
  },
  {
    what: "holds GGUF weights, which are no graph",
    instead: "Load them with transformers (gguf_file=…), and export to ONNX.",
    is: (start) => start.startsWith("GGUF"),
  },
  {
    what: "holds PyTorch weights, which are no graph",
    instead: "Export the model to ONNX, for example by optimum-cli export onnx.",
    is: (start) => start.startsWith("PK\u0003\u0004"),
  },
  {
    what: "holds safetensors, which are weights without a graph",
    instead: "Export the model to ONNX, for example by optimum-cli export onnx.",
    is: (start) => start.slice(6, 10) === '\0\0{"',
  },
];

/** Characters that tell every kind. */
const START = 64;

/** Passes the bytes of `path` on unless they are known to be no ONNX model. Errors: `malformed_model`, saying what they are. */
export const checkFileKind = (path: string, bytes: Uint8Array): Result<null> => {
  const start = String.fromCharCode(...bytes.subarray(0, START));
  const found = KINDS.find(({ is }) => is(start, bytes));
  if (found === undefined) return ok(null);
  return fail(problem("malformed_model", `${path} ${found.what}. ${found.instead}`, { param: path }));
};
