# SPDX-License-Identifier: LGPL-2.1-or-later
"""What transformers makes of sounds that are longer than what Whisper takes at once: writes tests/generation/long-form.json.

A tiny Whisper whose weights, like the sounds, are functions of names (weights_of of make-golden.py). Run it where transformers 4.37.2 and
torch are installed:  python tests/reference/long_form.py tests/generation/long-form.json
"""
import importlib.util
import json
import logging
import os
import random
import sys
import warnings

import torch
from transformers import GenerationConfig, LogitsProcessor, WhisperConfig, WhisperForConditionalGeneration

HERE = os.path.dirname(os.path.abspath(__file__))
POSITIONS, FIRST_TIME = 20, 101
CONFIG = dict(vocab_size=FIRST_TIME + POSITIONS + 1, num_mel_bins=6, d_model=16, encoder_layers=2, decoder_layers=2, encoder_attention_heads=2,
              decoder_attention_heads=2, encoder_ffn_dim=20, decoder_ffn_dim=20, max_source_positions=POSITIONS, max_target_positions=48, pad_token_id=1,
              bos_token_id=3, eos_token_id=2, decoder_start_token_id=4, suppress_tokens=None, begin_suppress_tokens=None, median_filter_width=3)
GENERATION = dict(max_length=24, pad_token_id=1, bos_token_id=3, eos_token_id=2, decoder_start_token_id=4, no_timestamps_token_id=FIRST_TIME - 1,
                  is_multilingual=True, lang_to_id={"<|en|>": 5, "<|fr|>": 6, "<|de|>": 7}, task_to_id={"transcribe": 8, "translate": 9},
                  alignment_heads=[[0, 0], [1, 1]], prev_sot_token_id=11, suppress_tokens=[12, 13, 14], begin_suppress_tokens=[15, 2],
                  max_initial_timestamp_index=5)
SEEDS = [1, 2, 3]
CASES = 48


def weights_of():
    spec = importlib.util.spec_from_file_location("make_golden", os.path.join(HERE, "make-golden.py"))
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded.weights_of


FORMULA = weights_of()


def make(seed):
    model = WhisperForConditionalGeneration(WhisperConfig(**CONFIG)).eval()
    shapes = {name: list(x.shape) for name, x in model.state_dict().items() if name != "proj_out.weight"}
    state = {name: FORMULA(name, shape, seed) * (4 if len(shape) > 1 else 1) for name, shape in shapes.items()}
    state["proj_out.weight"] = state["model.decoder.embed_tokens.weight"]
    model.load_state_dict(state)
    model.generation_config = GenerationConfig(**GENERATION)
    return model, shapes


class Margin(LogitsProcessor):
    """How far the best score is before the second at the closest choice."""

    least = float("inf")

    def __call__(self, input_ids, scores):
        best = scores.topk(2, dim=-1).values
        self.least = min(self.least, (best[:, 0] - best[:, 1]).nan_to_num(1, 1, 1).min().item())
        return scores


def settings_of(rng, long):
    maybe = lambda p: rng.random() < p  # noqa: E731
    settings = {"language": rng.choice(["en", "french", "<|de|>"])} | ({"task": "translate"} if maybe(0.3) else {})
    if not long:
        settings |= {"return_timestamps": maybe(0.5)} | ({"return_token_timestamps": True} if maybe(0.7) else {})
        return settings | ({"prompt_ids": [11] + [rng.randrange(16, 90) for _ in range(3)]} if maybe(0.4) else {}) | ({"num_beams": 2} if maybe(0.3) else {})
    settings["temperature"] = rng.choice([0.0, [0.0, 0.0]])
    settings |= ({"condition_on_prev_tokens": True} if maybe(0.6) else {}) | ({"num_beams": 2} if maybe(0.25) else {})
    settings |= {"compression_ratio_threshold": rng.choice([0.5, 1.2])} if maybe(0.4) else {}
    if maybe(0.5):
        settings["logprob_threshold"] = rng.choice([-1.5, -3.0])
        settings |= {"no_speech_threshold": rng.choice([0.002, 0.01])} if maybe(0.7) else {}
    return settings


def run(models, i, rng):
    long, seed = i % 4 != 3, rng.choice(SEEDS)
    rows = rng.choice([1, 1, 2, 3])
    frames = rng.choice([55, 100, 137, 230]) if long else 2 * POSITIONS
    sound = FORMULA(f"sound {i}", [rows, CONFIG["num_mel_bins"], frames]) * 3
    settings = settings_of(rng, long)
    lengths = [frames] + [rng.randrange(frames // 3, frames) for _ in range(rows - 1)]
    call = {**settings, "return_dict_in_generate": True}
    call |= {"prompt_ids": torch.tensor(settings["prompt_ids"])} if "prompt_ids" in settings else {}
    call |= {"temperature": tuple(settings["temperature"])} if isinstance(settings.get("temperature"), list) else {}
    if long:
        call |= {"return_segments": True} | ({"attention_mask": torch.tensor([[int(j < n) for j in range(frames)] for n in lengths])} if rows > 1 else {})
    margin = Margin()
    output = models[seed].generate(sound, logits_processor=[margin], **call)
    if margin.least < 2e-3:
        return None
    case = {"seed": seed, "sound": f"sound {i}", "shape": list(sound.shape), "lengths": lengths, "settings": settings, "sequences": output["sequences"].tolist()}
    if long:
        case["segments"] = [[[round(float(s["start"]), 4), round(float(s["end"]), 4), s["tokens"].tolist()] for s in row] for row in output["segments"]]
    if "token_timestamps" in output:
        case["token_timestamps"] = [[round(x, 4) for x in row] for row in output["token_timestamps"].tolist()]
    return case


def main(path):
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    torch.set_num_threads(1)
    made = {seed: make(seed) for seed in SEEDS}
    models = {seed: model for seed, (model, _) in made.items()}
    cases, rng = [], random.Random(4)
    for i in range(CASES):
        try:
            with torch.no_grad():
                cases.append(run(models, i, rng))  # None where rounding decides
        except (TypeError, RuntimeError) as error:  # a row in which nothing is said is beyond the reference
            print(i, error, file=sys.stderr)
    cases = [case for case in cases if case]
    data = {"config": {"model_type": "whisper", **CONFIG}, "generation": GENERATION, "tensors": made[SEEDS[0]][1]}
    with open(path, "w") as file:
        file.write("{\n" + "".join(f'"{key}": {json.dumps(value)},\n' for key, value in data.items()))
        file.write('"cases": [\n' + ",\n".join(json.dumps(case) for case in cases) + "\n]}\n")


if __name__ == "__main__":
    main(sys.argv[1])
