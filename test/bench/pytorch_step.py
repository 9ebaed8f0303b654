"""The default model's training step in PyTorch, for comparison.

Takes one JSON object (dimensions and optimizer settings) as its argument and prints
{"gradient": [ms, ...], "whole": [ms, ...], "version": "..."}.
"""

import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional


class Block(nn.Module):
    def __init__(self, width, heads, ffn):
        super().__init__()
        self.heads = heads
        self.attention_norm = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.ffn_norm = nn.LayerNorm(width)
        self.up = nn.Linear(width, ffn)
        self.down = nn.Linear(ffn, width)

    def forward(self, stream):
        rows, length, width = stream.shape
        split = lambda part: part.view(rows, length, self.heads, -1).transpose(1, 2)
        query, key, value = map(split, self.qkv(self.attention_norm(stream)).split(width, dim=2))
        mixed = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        stream = stream + self.out(mixed.transpose(1, 2).reshape(rows, length, width))
        return stream + self.down(functional.gelu(self.up(self.ffn_norm(stream)), approximate="tanh"))


class Decoder(nn.Module):
    def __init__(self, setting):
        super().__init__()
        width = setting["width"]
        self.tokens = nn.Embedding(setting["vocabulary"], width)
        self.positions = nn.Embedding(setting["context"], width)
        self.blocks = nn.ModuleList(
            Block(width, setting["heads"], setting["ffn"]) for _ in range(setting["layers"])
        )
        self.final_norm = nn.LayerNorm(width)

    def forward(self, ids):
        stream = self.tokens(ids) + self.positions(torch.arange(ids.shape[1]))
        for block in self.blocks:
            stream = block(stream)
        return self.final_norm(stream) @ self.tokens.weight.T


def main(setting):
    torch.set_num_threads(setting["threads"])
    torch.manual_seed(0)
    model = Decoder(setting)
    optimizer = torch.optim.AdamW(
        model.parameters(),
        lr=setting["learningRate"],
        betas=(setting["beta1"], setting["beta2"]),
        eps=setting["epsilon"],
        weight_decay=setting["weightDecay"],
    )
    rows = setting["tokensPerStep"] // setting["length"]
    ids = torch.randint(setting["vocabulary"], (rows, setting["length"]))
    targets = (ids + 1) % setting["vocabulary"]
    gradient, whole = [], []
    for count in range(setting["warmUpSteps"] + setting["steps"]):
        started = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        logits = model(ids)
        functional.cross_entropy(logits.flatten(0, 1), targets.flatten()).backward()
        differentiated = time.perf_counter()
        nn.utils.clip_grad_norm_(model.parameters(), setting["clip"])
        optimizer.step()
        if count >= setting["warmUpSteps"]:
            gradient.append(1000 * (differentiated - started))
            whole.append(1000 * (time.perf_counter() - started))
    print(json.dumps({"gradient": gradient, "whole": whole, "version": torch.__version__}))


main(json.loads(sys.argv[1]))
