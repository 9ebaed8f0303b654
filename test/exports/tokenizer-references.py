"""Writes test/engine/tokenizer/references.json: small tokenizers with the components of each family, and what the
reference implementation (Python's tokenizers) makes of texts. Run it from the project's folder."""

import json
import random
import sys

from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

TEXTS = [
    "Hello, world!", " leading and  two", "trailing ", "a\nb\n\n\nc\t d", "", " ", "   ", "don't I'LL we've IT'S",
    "in 2024, 1234567 of 3.14 and 10%", "price: $5... (really?!) -- \"yes\"", "caf\u00e9 cafe\u0301 na\u00efve \u00c5",
    "\u65e5\u672c\u8a9e \u4e2d\u6587 \ud55c\uad6d", "\U0001f600\U0001f468\u200d\U0001f469", "\ufeffbom \u0085next\u00a0nb \u3000wide",
    "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35 \u0663\u0664 \u00bd \u2163 x\u00b2", "if (x) {\n        return y;\n}\r\n", "to <s>hi</s> <|end|> there", "snake_case __init__ a-b",
    "\u00ab\u201cquoted\u201d\u00bb \u2014 \u00bfqu\u00e9? \u2581mark", "the cat sat on the mat. The End",
]
SENTENCES = TEXTS + ["the cat and the dog ran in 2024", "return the value of the function", "    indented  twice"] * 4

BYTES = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
NO_REGEX = {**BYTES, "use_regex": False}
ISOLATED = lambda regex: {"type": "Split", "pattern": {"Regex": regex}, "behavior": "Isolated", "invert": False}
QWEN = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
LLAMA3 = QWEN.replace(r"|\p{N}|", r"|\p{N}{1,3}|")
REPLACE = {"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "}
MARK = {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}
FALL, FUSE = {"type": "ByteFallback"}, {"type": "Fuse"}
STRIP = {"type": "Strip", "content": " ", "start": 1, "stop": 0}
seq = lambda key, parts: {"type": "Sequence", key: parts}
pre = lambda *parts: seq("pretokenizers", list(parts))
dec = lambda *parts: seq("decoders", list(parts))
norm = lambda *parts: seq("normalizers", list(parts))
TEMPLATE = {
    "type": "TemplateProcessing",
    "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
    "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
    "special_tokens": {"<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]}},
}
ROBERTA = {"type": "RobertaProcessing", "sep": ["</s>", 1], "cls": ["<s>", 0], "trim_offsets": True, "add_prefix_space": False}
META = lambda **more: {"type": "Metaspace", "replacement": "\u2581", **more}
PUNCT = lambda behavior: {"type": "Punctuation", "behavior": behavior}
DIGITS = lambda individual: {"type": "Digits", "individual_digits": individual}
SPLIT = lambda behavior, invert: {"type": "Split", "pattern": {"Regex": r"\p{N}|(-)"}, "behavior": behavior, "invert": invert}

# name: (kind of vocabulary, normalizer, pre-tokenizer, post-processor, decoder, what else the model says)
FAMILIES = {
    "GPT-2": ("bytes", None, BYTES, BYTES, BYTES, {}),
    "OPT": ("bytes", None, BYTES, TEMPLATE, BYTES, {}),
    "GPT-NeoX, Phi, StableLM": ("bytes", {"type": "NFC"}, BYTES, BYTES, BYTES, {}),
    "Llama 3, SmolLM3": ("bytes", None, pre(ISOLATED(LLAMA3), NO_REGEX), seq("processors", [BYTES, TEMPLATE]), BYTES, {"ignore_merges": True}),
    "Qwen2, Qwen3": ("bytes", {"type": "NFC"}, pre(ISOLATED(QWEN), NO_REGEX), NO_REGEX, NO_REGEX, {}),
    "OLMo2": ("bytes", {"type": "NFC"}, pre(ISOLATED(LLAMA3), NO_REGEX), None, dec(BYTES), {}),
    "SmolLM, Granite": ("bytes", None, pre(DIGITS(True), BYTES), None, dec(dec(BYTES)), {}),
    "Falcon": ("bytes", None, pre(PUNCT("Contiguous"), BYTES, DIGITS(False), ISOLATED("[0-9][0-9][0-9]")), None, BYTES, {}),
    "prefix space": ("bytes", norm({"type": "NFKC"}, {"type": "Lowercase"}), {**BYTES, "add_prefix_space": True}, ROBERTA, BYTES, {}),
    "Llama 2": ("marks", norm({"type": "Prepend", "prepend": "\u2581"}, MARK), None, TEMPLATE, dec(REPLACE, FALL, FUSE, STRIP), {"byte_fallback": True, "fuse_unk": True}),
    "Mistral": ("marks", None, META(prepend_scheme="first", split=False), TEMPLATE, dec(REPLACE, FALL, FUSE, STRIP), {"byte_fallback": True, "fuse_unk": True}),
    "Gemma": ("marks", MARK, {"type": "Split", "pattern": {"String": " "}, "behavior": "MergedWithPrevious", "invert": False}, TEMPLATE, dec(REPLACE, FALL, FUSE), {"byte_fallback": True, "fuse_unk": True}),
    "Metaspace, always": ("marks", None, META(prepend_scheme="always", split=True), None, META(prepend_scheme="always", split=True), {}),
    "Metaspace, never": ("marks", None, META(prepend_scheme="never", split=True), None, META(prepend_scheme="never", split=True), {}),
    "Metaspace of old files": ("marks", None, META(add_prefix_space=True, str_rep="\u2581"), None, META(add_prefix_space=True, str_rep="\u2581"), {}),
    "fused before replaced": ("marks", norm(MARK), None, None, dec(FALL, FUSE, REPLACE), {"byte_fallback": True}),
    "no bytes to fall back on": ("marks", MARK, None, None, dec(REPLACE, FUSE), {"fuse_unk": True}),
    "Punctuation": ("bytes", None, pre({"type": "WhitespaceSplit"}, PUNCT("Isolated"), NO_REGEX), None, BYTES, {}),
    "Punctuation, merged with the next": ("bytes", None, pre({"type": "Whitespace"}, PUNCT("MergedWithNext"), NO_REGEX), None, BYTES, {}),
    **{
        f"Split, {behavior}{', inverted' if invert else ''}": ("bytes", None, pre(SPLIT(behavior, invert), DIGITS(False), NO_REGEX), None, BYTES, {})
        for behavior in ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]
        for invert in [False, True]
    },
}


def vocabulary(kind):
    if kind == "bytes":
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
        tokens, size = ["<s>", "</s>"], 380
        alphabet = pre_tokenizers.ByteLevel.alphabet()
    else:
        tokenizer = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
        tokenizer.normalizer = normalizers.Replace(" ", "\u2581")
        tokens, size = ["<s>", "</s>", "<unk>", *(f"<0x{byte:02X}>" for byte in range(256))], 400
        alphabet = []
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=tokens, initial_alphabet=alphabet, limit_alphabet=60 if kind == "marks" else 256, show_progress=False)
    tokenizer.train_from_iterator(SENTENCES, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    return {"vocab": list(sorted(model["vocab"], key=model["vocab"].get)), "merges": model["merges"]}


def main(extra):
    vocabularies = {kind: vocabulary(kind) for kind in ["bytes", "marks"]}
    families = []
    for name, (kind, normalizer, pre_tokenizer, post_processor, decoder, more) in FAMILIES.items():
        words = vocabularies[kind]
        model = {"type": "BPE", "unk_token": "<unk>" if kind == "marks" else None, **more}
        added = [{"id": id, "content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True} for id, content in enumerate(["<s>", "</s>"])]
        parts = {"added_tokens": added, "normalizer": normalizer, "pre_tokenizer": pre_tokenizer, "post_processor": post_processor, "decoder": decoder}
        whole = {"version": "1.0", "truncation": None, "padding": None, **parts, "model": {**model, "vocab": {token: id for id, token in enumerate(words["vocab"])}, "merges": words["merges"]}}
        reference = Tokenizer.from_str(json.dumps(whole))
        texts = TEXTS + extra
        cases = [{"text": text, "ids": (ids := reference.encode(text).ids), "decoded": reference.decode(ids)} for text in texts]
        families.append({"name": name, "vocabulary": kind, **parts, "model": model, "cases": cases})
    return {"vocabularies": vocabularies, "families": families}


if __name__ == "__main__":
    if len(sys.argv) > 1:
        draw = random.Random(1)
        letters = " \n\tabe'stlT.,-_$1299\u00b2\u00e9\u0301\u0085\ufeff\u65e5\U0001f600\u2581"
        print(json.dumps(main(["".join(draw.choice(letters) for _ in range(draw.randint(1, 14))) for _ in range(int(sys.argv[1]))])))
    else:
        with open("test/engine/tokenizer/references.json", "w") as file:
            json.dump(main([]), file, ensure_ascii=True, separators=(",", ":"))
