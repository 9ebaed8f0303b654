"""Logits of a transformers model without and with an adapter that PEFT itself has loaded, as JSON.

Arguments: the directory of the model's config.json, its weights as safetensors under transformers' names, the
adapter's directory, and token ids as a JSON list.
"""

import json
import sys

import torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModelForCausalLM

config_directory, weights, adapter, ids = sys.argv[1:]
config = AutoConfig.from_pretrained(config_directory)
model = AutoModelForCausalLM.from_config(config, attn_implementation="eager").eval()
found = model.load_state_dict(load_file(weights), strict=False)
# Tied embeddings come once.
tied = ("lm_head.weight", "transformer.wte.weight") if config.tie_word_embeddings else ()
missing = [name for name in found.missing_keys if name not in tied]
if missing or found.unexpected_keys:
    sys.exit(f"the weights do not fit: {missing} are missing, {found.unexpected_keys} are not the model's")
model.tie_weights()
tokens = torch.tensor([json.loads(ids)])
with torch.no_grad():
    base = model(tokens).logits[0]
    adapted = PeftModel.from_pretrained(model, adapter).eval()
    patched = adapted(tokens).logits[0]
    merged = adapted.merge_and_unload()(tokens).logits[0]
print(json.dumps({name: rows.flatten().tolist() for name, rows in
                  (("base", base), ("patched", patched), ("merged", merged))}))
