"""The default model's architecture in PyTorch, for comparison."""

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

    def attend(self, stream):
        """The residual stream with the attention's result added."""
        rows, length, width = stream.shape
        split = lambda part: part.view(rows, length, self.heads, -1).transpose(1, 2)
        query, key, value = map(split, self.qkv(self.attention_norm(stream)).split(width, dim=2))
        mixed = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        return stream + self.out(mixed.transpose(1, 2).reshape(rows, length, width))

    def down_input(self, stream):
        """What the down-projection reads, the key of locate-and-edit methods."""
        return functional.gelu(self.up(self.ffn_norm(stream)), approximate="tanh")

    def forward(self, stream):
        stream = self.attend(stream)
        return stream + self.down(self.down_input(stream))


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

    def embed(self, ids):
        return self.tokens(ids) + self.positions(torch.arange(ids.shape[1]))

    def unembed(self, stream):
        return self.final_norm(stream) @ self.tokens.weight.T

    def forward(self, ids):
        stream = self.embed(ids)
        for block in self.blocks:
            stream = block(stream)
        return self.unembed(stream)
