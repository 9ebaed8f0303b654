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

from pytorch_decoder import Decoder


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
