# SPDX-License-Identifier: LGPL-2.1-or-later
"""What transformers generates with random settings on the tiny models of tests/goldens: writes tests/generation/models.json.

Run it where transformers 4.37.2 and torch are installed:  python tests/reference/generation_models.py tests/generation/models.json
Searches that draw nothing only; a case in which the reference's scores are not numbers is left out.
"""
import importlib.util
import json
import logging
import os
import random
import sys
import warnings

import torch
import transformers
from safetensors import safe_open

HERE = os.path.dirname(os.path.abspath(__file__))
GOLDENS = os.path.join(HERE, "..", "goldens")
MODELS = {  # a golden, and how many cases
    "gpt2/GPT2LMHeadModel": 16, "llama/LlamaForCausalLM": 14, "mistral/MistralForCausalLM": 14, "xglm/XGLMForCausalLM": 10, "biogpt/BioGptForCausalLM": 10,
    "bloom/BloomForCausalLM": 10, "rwkv/RwkvForCausalLM": 8, "bart/BartForConditionalGeneration": 16, "t5/T5ForConditionalGeneration": 16,
    "encoder-decoder/EncoderDecoderModel": 10, "whisper/WhisperForConditionalGeneration": 12,
}
KINDS = ["greedy", "greedy", "beams", "groups", "contrastive", "constrained", "lookup", "assistant", "assistant"]
ASSISTANT_SEED = 5


def module(name):
    spec = importlib.util.spec_from_file_location(name.replace("-", "_"), os.path.join(HERE, name + ".py"))
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


weights_of = module("make-golden").weights_of


def load(golden, seed=None):
    """The model of a golden, and its inputs."""
    with safe_open(os.path.join(GOLDENS, golden + "-v0.safetensors"), "pt") as file:
        data = {key: json.loads(text) for key, text in file.metadata().items() if text[:1] in "{["}
        inputs = {name[3:]: file.get_tensor(name) for name in file.keys() if name.startswith("in.")}
        kept = {name[2:]: file.get_tensor(name) for name in file.keys() if name.startswith("w.")}
    model_class = getattr(transformers, data["case"]["class"])
    model = model_class(model_class.config_class.from_dict(data["config"])).eval()
    seed = data["case"].get("seed", 0) if seed is None else seed
    state = {name: kept[name] if name in kept else weights_of(data["tied"].get(name, name), shape, seed) for name, shape in data["tensors"].items()}
    model.load_state_dict(state)
    return model, inputs


def ids(rng, vocabulary, n):
    return [rng.randrange(3, vocabulary) for _ in range(n)]


def common_settings(rng, vocabulary, prompt, decoder_only):
    words = lambda n: ids(rng, vocabulary, n)  # noqa: E731
    choices = [
        ("repetition_penalty", lambda: rng.choice([1.3, 0.7])), ("no_repeat_ngram_size", lambda: rng.choice([1, 2, 3])),
        ("bad_words_ids", lambda: [words(rng.randrange(1, 3)) for _ in range(3)]), ("min_length", lambda: rng.randrange(14)),
        ("min_new_tokens", lambda: rng.randrange(9)), ("forced_bos_token_id", lambda: rng.randrange(vocabulary)), ("forced_eos_token_id", lambda: 2),
        ("exponential_decay_length_penalty", lambda: [rng.randrange(4), 1.2]), ("suppress_tokens", lambda: words(3)),
        ("begin_suppress_tokens", lambda: words(3)), ("forced_decoder_ids", lambda: [[prompt + 1, rng.randrange(3, vocabulary)]]),
        ("sequence_bias", lambda: [[words(rng.randrange(1, 3)), rng.choice([-5.0, 4.0])]]), ("renormalize_logits", lambda: True),
        ("use_cache", lambda: False),
    ] + ([("guidance_scale", lambda: rng.choice([1.5, 0.5]))] if decoder_only else [("encoder_repetition_penalty", lambda: 1.5), ("encoder_no_repeat_ngram_size", lambda: 2)])
    settings = {"max_new_tokens": rng.randrange(1, 13), "eos_token_id": rng.choice([2, 2, [2] + words(2)]), "pad_token_id": rng.choice([0, 1])}
    return settings | {key: make() for key, make in rng.sample(choices, rng.randrange(4))}


def settings_of(kind, rng, vocabulary, prompt, decoder_only):
    settings = common_settings(rng, vocabulary, prompt, decoder_only)
    words = lambda n: ids(rng, vocabulary, n)  # noqa: E731
    if kind in ("beams", "groups", "constrained"):
        n = rng.choice([4, 6]) if kind == "groups" else rng.choice([2, 3, 5])
        settings |= {"num_beams": n, "early_stopping": rng.choice([True, False, "never"]), "length_penalty": rng.choice([1.0, -1.0, 2.0]),
                     "num_return_sequences": rng.randrange(1, n // 2 + 2)}
    if kind == "groups":
        settings |= {"num_beam_groups": 2, "diversity_penalty": rng.choice([0.3, 1.5]), "num_return_sequences": 2}
    if kind == "constrained":
        settings |= {"force_words_ids": rng.choice([[words(2)], [words(1), words(2)], [[words(2), words(1)]]]), "max_new_tokens": rng.randrange(7, 13)}
    if kind == "contrastive":
        settings |= {"penalty_alpha": rng.choice([0.2, 0.6]), "top_k": rng.choice([2, 4])}
    if kind in ("contrastive", "lookup", "assistant"):
        settings = {key: value for key, value in settings.items() if key not in ("use_cache", "guidance_scale")}
    if kind == "lookup":
        settings["prompt_lookup_num_tokens"] = rng.choice([1, 3, 10])
    if kind == "assistant":
        settings |= {"num_assistant_tokens": rng.choice([1, 3, 5]), "num_assistant_tokens_schedule": rng.choice(["heuristic", "constant"])}
    return settings


def text_inputs(rng, vocabulary, rows, decoder_only):
    length = rng.randrange(1, 8)
    pool = ids(rng, vocabulary, 4) if rng.random() < 0.5 else list(range(3, vocabulary))
    tokens = torch.tensor([[rng.choice(pool) for _ in range(length)] for _ in range(rows)])
    mask = torch.ones_like(tokens)
    for row in range(1, rows if length > 2 else 0):
        n = rng.randrange(length - 1)
        mask[row, slice(0, n) if decoder_only else slice(length - n, length)] = 0
    tokens[mask == 0] = 1
    return {"input_ids": tokens} | ({"attention_mask": mask} if (mask == 0).any() else {})


def digest(output):
    """Of each list of the last step its tensors' shapes and sums of magnitudes."""
    found = {}
    for name in ("hidden_states", "attentions", "decoder_hidden_states", "decoder_attentions", "cross_attentions"):
        for i, tensor in enumerate((getattr(output, name, None) or [()])[-1]):
            found[f"{name}.{i}"] = [list(tensor.shape), float(f"{tensor.abs().sum().item():.6g}")]
    return found


def run(golden, model, assistant, given, kind, rng):
    decoder_only = not model.config.is_encoder_decoder
    vocabulary = model.config.decoder.vocab_size if "encoder-decoder" in golden else model.config.vocab_size
    rows = 1 if kind in ("lookup", "assistant") else rng.randrange(1, 3)
    inputs = {"input_features": given["input_features"][:rows]} if "input_features" in given else text_inputs(rng, vocabulary, rows, decoder_only)
    settings = settings_of(kind, rng, vocabulary, inputs["input_ids"].shape[1] if decoder_only else 1, decoder_only)
    call = dict(settings)
    for key in ("encoder_repetition_penalty", "encoder_no_repeat_ngram_size") if "input_features" in inputs else ():
        call.pop(key, None)
    settings = dict(call)
    if "sequence_bias" in call:
        call["sequence_bias"] = {tuple(words): bias for words, bias in call["sequence_bias"]}
    states = kind in ("greedy", "beams", "contrastive") and rng.random() < 0.3
    extra = {"output_hidden_states": True, "output_attentions": True} if states else {}
    if kind == "assistant":
        assistant.generation_config.num_assistant_tokens = call["num_assistant_tokens"]
        assistant.generation_config.num_assistant_tokens_schedule = call["num_assistant_tokens_schedule"]
        extra["assistant_model"] = assistant
    output = model.generate(**inputs, **call, **extra, do_sample=False, return_dict_in_generate=True, output_scores=True)
    if any(torch.isnan(scores).any() for scores in output.scores):
        return None
    entry = {"golden": golden, "settings": settings, "sequences": output.sequences.tolist(), "steps": len(output.scores)}
    entry |= {"rows": rows} if "input_features" in inputs else {"inputs": {name: x.tolist() for name, x in inputs.items()}}
    return entry | ({"assistant": ASSISTANT_SEED} if kind == "assistant" else {}) | ({"outputs": digest(output)} if states else {})


def cases(golden, n):
    rng = random.Random(golden)
    model, given = load(golden)
    assistant, _ = load(golden, ASSISTANT_SEED)
    found, kinds = [], KINDS if "rwkv" not in golden else ["greedy", "beams", "groups"]
    with torch.no_grad():
        for i in range(3 * n):
            try:
                found.append(run(golden, model, assistant, given, kinds[i % len(kinds)], rng))
            except Exception as error:  # what the reference can't do is no case
                print(golden, type(error).__name__, str(error)[:80], file=sys.stderr)
    return [case for case in found if case][:n]


def main(path):
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    torch.set_num_threads(1)
    found = [case for golden, n in MODELS.items() for case in cases(golden, n)]
    with open(path, "w") as file:
        file.write('{"cases": [\n' + ",\n".join(json.dumps(case) for case in found) + "\n]}\n")


if __name__ == "__main__":
    main(sys.argv[1])
