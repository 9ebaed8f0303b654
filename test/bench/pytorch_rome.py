"""ROME on the default model in PyTorch, for comparison.

Takes one JSON object as its argument: the model's dimensions, `weights` (path of its flat float32 weights) with
`parameters` ({name, shape, offset} of each), `moment` (path of C, float64 [m, m]), `threads`, `layer`, and the
settings of the optimisation. Reads one edit a line from standard input: `rows`, `lookups`, `targets` and `weights` as
errata's `editSequences` makes them, and `essence` ({ids, lookup}, or null). Prints for each
{"ms": ..., "losses": [...], "keys": [[...]]}, keys [m, t] being the update's factor that reads.
"""

import json
import sys
import time

import torch
from torch.nn import functional

from pytorch_decoder import Decoder

NAMES = {"attention.qkv": "qkv", "attention.out": "out", "ffn.up": "up", "ffn.down": "down"}


def load_weights(model, path, parameters):
    with open(path, "rb") as file:
        flat = torch.frombuffer(bytearray(file.read()), dtype=torch.float32)
    state = {}
    for parameter in parameters:
        name, shape, offset = parameter["name"], parameter["shape"], parameter["offset"]
        size = torch.Size(shape).numel()
        value = flat[offset : offset + size].view(shape)
        for theirs, ours in NAMES.items():
            if theirs in name:
                name = name.replace(theirs, ours)
                # Linear layers are [in, out] there and [out, in] here.
                value = value.T.contiguous() if value.dim() == 2 else value
        embedding = {"token_embedding": "tokens.weight", "position_embedding": "positions.weight"}
        state[embedding.get(name, name)] = value
    model.load_state_dict(state)


class Rome:
    def __init__(self, setting):
        self.setting = setting
        self.model = Decoder(setting).eval().requires_grad_(False)
        load_weights(self.model, setting["weights"], setting["parameters"])
        with open(setting["moment"], "rb") as file:
            moment = torch.frombuffer(bytearray(file.read()), dtype=torch.float64)
        moment = moment.view(setting["ffn"], setting["ffn"])
        moment.diagonal().add_(setting["ridge"] * moment.diagonal().mean())
        self.inverse = torch.cholesky_inverse(torch.linalg.cholesky(moment))

    @torch.no_grad()
    def states(self, ids):
        """Keys, FFN outputs and residual stream of the edited block."""
        stream = self.model.embed(ids)
        *before, edited = self.model.blocks[: self.setting["layer"] + 1]
        for block in before:
            stream = block(stream)
        attended = edited.attend(stream)
        keys = edited.down_input(attended)
        outputs = edited.down(keys)
        return keys, outputs, attended + outputs

    def log_probabilities(self, states, rows, positions):
        """Of the next token at some positions: the unembedding is most of the work, so nowhere else."""
        stream = states
        for block in self.model.blocks[self.setting["layer"] + 1 :]:
            stream = block(stream)
        return functional.log_softmax(self.model.unembed(stream[rows, positions]), dim=-1)

    def batch(self, request):
        """All prompts of an edit in one batch, the neutral one last, no longer than need be."""
        rows, essence = request["rows"], request["essence"]
        scored = torch.tensor(request["weights"]).view(len(rows), -1).nonzero()
        length = int(scored[:, 1].max()) + 1
        if essence:
            length = max(length, len(essence["ids"]))
            rows = rows + [essence["ids"]]
        return torch.tensor([(row + [0] * length)[:length] for row in rows]), scored

    def optimize(self, request, states, outputs, scored):
        setting, essence = self.setting, request["essence"]
        lookups = torch.tensor(request["lookups"])
        row_count, shift_count = lookups.shape
        at_rows = torch.arange(row_count).repeat_interleave(shift_count)
        at_positions = lookups.flatten()
        shift_of = torch.arange(shift_count).repeat(row_count)
        score_rows, score_positions = scored.unbind(1)
        targets = torch.tensor(request["targets"])[score_rows, score_positions]
        norms = outputs[0, lookups[0]].norm(dim=-1)
        if essence:
            at_rows = torch.cat([at_rows, torch.tensor([row_count])])
            at_positions = torch.cat([at_positions, torch.tensor([essence["lookup"]])])
            shift_of = torch.cat([shift_of, torch.tensor([0])])
            score_rows = torch.cat([score_rows, torch.tensor([row_count])])
            score_positions = torch.cat([score_positions, torch.tensor([essence["lookup"]])])
            with torch.no_grad():
                reference = self.log_probabilities(states, score_rows[-1:], score_positions[-1:])[0]
        delta = torch.zeros(shift_count, setting["width"], requires_grad=True)
        adam = torch.optim.Adam([delta], lr=setting["learningRate"])
        losses = []
        for step in range(setting["steps"] + 1):
            adam.zero_grad()
            shifted = states.index_put((at_rows, at_positions), delta[shift_of], accumulate=True)
            found = self.log_probabilities(shifted, score_rows, score_positions)
            loss = functional.nll_loss(found[: len(targets)], targets)
            if essence:
                moved = functional.kl_div(reference, found[-1], reduction="sum", log_target=True)
                loss = loss + setting["klFactor"] * moved
            loss = loss + setting["decay"] * (delta.norm(dim=-1) / norms**2).sum()
            losses.append(loss.item())
            if losses[-1] < setting["lossTarget"] or step == setting["steps"]:
                break
            loss.backward()
            adam.step()
            with torch.no_grad():
                length = delta.norm(dim=-1)
                most = setting["clamp"] * norms
                delta *= torch.where(length > most, most / length, 1.0)[:, None]
        return delta.detach().double(), losses

    @torch.no_grad()
    def insert(self, keys, values, owners):
        """ΔW = C⁻¹K (KᵀC⁻¹K + ridge)⁻¹ V as factors, keys [n, m] with one value [t, d] for several."""
        solved = self.inverse @ keys.T
        gram = keys @ solved
        gram.diagonal().add_(self.setting["keyRidge"] * gram.diagonal().mean())
        columns = torch.cholesky_solve(solved.T, torch.linalg.cholesky(gram))
        factor = torch.zeros(len(values), keys.shape[1], dtype=torch.float64).index_add(0, owners, columns)
        return factor.T, values

    def edit(self, request):
        ids, scored = self.batch(request)
        keys, outputs, states = self.states(ids)
        values, losses = self.optimize(request, states, outputs, scored)
        lookups = torch.tensor(request["lookups"])
        row_count, shift_count = lookups.shape
        chosen = keys[torch.arange(row_count)[:, None], lookups].flatten(0, 1).double()
        return *self.insert(chosen, values, torch.arange(shift_count).repeat(row_count)), losses


def main(setting):
    torch.set_num_threads(setting["threads"])
    rome = Rome(setting)
    for line in sys.stdin:
        request = json.loads(line)
        started = time.perf_counter()
        factor, _, losses = rome.edit(request)
        ms = 1000 * (time.perf_counter() - started)
        print(json.dumps({"ms": ms, "losses": losses, "keys": factor.tolist()}), flush=True)


main(json.loads(sys.argv[1]))
