"""Makes random-weight models with the exporters that people use, each beside what its own runtime computes of it.

    python test/exports/make-models.py FOLDER [FAMILY ...]

Writes FOLDER/FAMILY/FORMAT/ in Hugging Face's layout with the graph and reference.json: the logits after a prompt, greedy
tokens, and the smallest gap between the two best logits on the way. What is there already is kept. Needs torch,
transformers, optimum-onnx, onnx, onnxruntime and onnxscript.
"""

import json
import logging
import os
import shutil
import sys
import warnings

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

import numpy as np
import onnx
import onnxruntime as ort
import torch
import transformers as tf
from optimum.exporters.onnx import main_export
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

VOCABULARY = 260
CONTEXT = 96
GREEDY = 8
PROMPT = [40, 67, 200, 9, 33, 101, 54, 12]

SMALL = dict(vocab_size=VOCABULARY, bos_token_id=0, eos_token_id=0)
PLAIN = dict(
    **SMALL, hidden_size=32, num_hidden_layers=3, intermediate_size=64, num_attention_heads=4,
    max_position_embeddings=CONTEXT,
)
GROUPED = dict(**PLAIN, num_key_value_heads=2)
WIDE_HEADS = dict(**GROUPED, head_dim=16)

CONFIGS = {
    "gpt2": lambda: tf.GPT2Config(**SMALL, n_embd=32, n_layer=3, n_head=4, n_positions=CONTEXT),
    "opt": lambda: tf.OPTConfig(
        **SMALL, hidden_size=32, num_hidden_layers=3, ffn_dim=64, num_attention_heads=4, word_embed_proj_dim=32,
        max_position_embeddings=CONTEXT, pad_token_id=1,
    ),
    "gpt-neox": lambda: tf.GPTNeoXConfig(**PLAIN, rotary_pct=0.25),
    "gpt-j": lambda: tf.GPTJConfig(**SMALL, n_embd=32, n_layer=3, n_head=4, rotary_dim=4, n_positions=CONTEXT),
    "phi": lambda: tf.PhiConfig(**PLAIN),
    "phi3": lambda: tf.Phi3Config(**GROUPED, original_max_position_embeddings=CONTEXT, pad_token_id=0),
    "llama": lambda: tf.LlamaConfig(**GROUPED),
    "mistral": lambda: tf.MistralConfig(**GROUPED, sliding_window=16),
    "qwen2": lambda: tf.Qwen2Config(**GROUPED),
    "qwen3": lambda: tf.Qwen3Config(**WIDE_HEADS),
    "gemma2": lambda: tf.Gemma2Config(**WIDE_HEADS, sliding_window=16, query_pre_attn_scalar=16),
    "gemma3": lambda: tf.Gemma3TextConfig(**WIDE_HEADS, sliding_window=16, query_pre_attn_scalar=16),
    "smollm3": lambda: tf.SmolLM3Config(**GROUPED, pad_token_id=0),
    "olmo2": lambda: tf.Olmo2Config(**GROUPED),
    "granite": lambda: tf.GraniteConfig(
        **GROUPED, embedding_multiplier=12.0, residual_multiplier=0.22, attention_multiplier=0.1, logits_scaling=2.0,
    ),
    "stablelm": lambda: tf.StableLmConfig(**GROUPED),
}


def random_model(config):
    """Weights that spread the logits, so that greedy decoding does not repeat one token."""
    model = tf.AutoModelForCausalLM.from_config(config).eval()
    # Where embeddings are multiplied on their way in, trained ones are so much smaller.
    gain = getattr(config, "embedding_multiplier", config.hidden_size**0.5 if "gemma" in config.model_type else 1)
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            noise = torch.randn(weight.shape, generator=generator)
            if weight.dim() >= 2:
                weight.copy_(noise * 1.2 / weight.shape[-1] ** 0.5 / (gain if "embed" in name else 1))
            else:
                weight.add_(noise * 0.1)
    return model


def save_checkpoint(family, folder):
    random_model(CONFIGS[family]()).save_pretrained(folder)
    tokens = ["<|endoftext|>", "<|pad|>", *sorted(pre_tokenizers.ByteLevel.alphabet())]
    tokenizer = Tokenizer(models.BPE(vocab={token: i for i, token in enumerate(tokens)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    end = dict(eos_token="<|endoftext|>", bos_token="<|endoftext|>", pad_token="<|pad|>")
    tf.PreTrainedTokenizerFast(tokenizer_object=tokenizer, **end).save_pretrained(folder)


def dynamo_export(checkpoint, path):
    """What torch.onnx.export(dynamo=True) writes of a model with its cache as flat inputs."""
    model = tf.AutoModelForCausalLM.from_pretrained(checkpoint, attn_implementation="eager").eval()
    config = model.config
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    layers = config.num_hidden_layers

    class Flat(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, input_ids, attention_mask, position_ids, *past):
            pairs = tuple((past[2 * i], past[2 * i + 1]) for i in range(layers))
            out = self.model(
                input_ids=input_ids, attention_mask=attention_mask, position_ids=position_ids, use_cache=True,
                past_key_values=tf.DynamicCache.from_legacy_cache(pairs),
            )
            return (out.logits, *[part for pair in out.past_key_values.to_legacy_cache() for part in pair])

    batch, tokens, past = 2, 3, 2
    values = (
        torch.randint(2, 200, (batch, tokens)),
        torch.ones(batch, past + tokens, dtype=torch.int64),
        torch.arange(past, past + tokens)[None].repeat(batch, 1),
        *[torch.randn(batch, heads, past, width) for _ in range(2 * layers)],
    )
    free = torch.export.Dim.DYNAMIC
    shapes = (*[{0: free, 1: free}] * 3, tuple({0: free, 2: free} for _ in range(2 * layers)))
    kinds = [f"{i}.{kind}" for i in range(layers) for kind in ("key", "value")]
    with torch.no_grad():
        program = torch.onnx.export(
            Flat(), values, None, dynamic_shapes=shapes, dynamo=True, opset_version=20, verbose=False,
            input_names=["input_ids", "attention_mask", "position_ids", *[f"past_key_values.{k}" for k in kinds]],
            output_names=["logits", *[f"present.{k}" for k in kinds]],
        )
    program.save(path, external_data=False)


def quantize(kind, source, path):
    if kind == "fp16":
        from onnxruntime.transformers.float16 import convert_float_to_float16

        onnx.save(convert_float_to_float16(onnx.load(source), keep_io_types=False), path)
    if kind == "int8":
        from onnxruntime.quantization import QuantType, quantize_dynamic

        quantize_dynamic(source, path, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
    if kind == "int4":
        from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

        quantizer = MatMulNBitsQuantizer(onnx.load(source), bits=4, block_size=32, is_symmetric=True)
        quantizer.process()
        quantizer.model.save_model_to_file(path)


def reference(path):
    """Greedy decoding by onnxruntime, token by token with the cache."""
    session = ort.InferenceSession(path, providers=["CPUExecutionProvider"])
    types = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(int64)": np.int64}
    past = {
        value.name: np.zeros([1, value.shape[1], 0, value.shape[3]], types[value.type])
        for value in session.get_inputs() if value.name.startswith("past")
    }
    outputs = [value.name for value in session.get_outputs()]
    names = {value.name for value in session.get_inputs()}
    ids, length, greedy, gaps, first = PROMPT, 0, [], [], None
    for _ in range(GREEDY):
        length += len(ids)
        feeds = {
            "input_ids": np.array([ids], np.int64),
            "attention_mask": np.ones([1, length], np.int64),
            "position_ids": np.arange(length - len(ids), length, dtype=np.int64)[None],
        }
        values = dict(zip(outputs, session.run(None, {**{k: v for k, v in feeds.items() if k in names}, **past})))
        logits = values["logits"][0, -1].astype(np.float64)
        first = logits if first is None else first
        best = np.sort(logits)[-2:]
        gaps.append(float(best[1] - best[0]))
        greedy.append(int(logits.argmax()))
        past = {name: values[name.replace("past_key_values", "present")] for name in past}
        ids = [greedy[-1]]
    return dict(prompt_ids=PROMPT, logits_last=first.tolist(), greedy_ids=greedy, smallest_gap=min(gaps))


def make(family, root):
    checkpoint = f"{root}/{family}/checkpoint"
    if not os.path.exists(f"{checkpoint}/config.json"):
        save_checkpoint(family, checkpoint)
    for kind in ("fp32", "fp32-dynamo", "fp16", "int8", "int4"):
        folder = f"{root}/{family}/{kind}"
        if os.path.exists(f"{folder}/reference.json") or os.path.exists(f"{folder}/refused.txt"):
            continue
        os.makedirs(f"{folder}/onnx", exist_ok=True)
        path = f"{folder}/onnx/model.onnx"
        try:
            if kind == "fp32":
                main_export(checkpoint, f"{folder}/export", task="text-generation-with-past", do_validation=False)
                shutil.move(f"{folder}/export/model.onnx", path)
            elif kind == "fp32-dynamo":
                dynamo_export(checkpoint, path)
            else:
                quantize(kind, f"{root}/{family}/fp32/onnx/model.onnx", path)
            for name in os.listdir(checkpoint):
                if name.endswith(".json"):
                    shutil.copy(f"{checkpoint}/{name}", folder)
            found = reference(path)
            with open(f"{folder}/reference.json", "w") as file:
                json.dump(found, file)
            print(f"made {family} {kind}", flush=True)
        except Exception as error:  # An exporter or the runtime refuses: the table says so.
            with open(f"{folder}/refused.txt", "w") as file:
                file.write(f"{type(error).__name__}: {str(error).strip().splitlines()[-1][:300]}")
            print(f"refused {family} {kind}: {error}"[:300], flush=True)


if __name__ == "__main__":
    for family in sys.argv[2:] or CONFIGS:
        make(family, sys.argv[1])
