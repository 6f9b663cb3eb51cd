# SPDX-License-Identifier: LGPL-2.1-or-later
"""What transformers makes of generation settings on a toy model: writes tests/generation/generation.json.

The toy's logits are a row of a table for the last token, plus a row of another for its position. Run it where transformers 4.37.2
and torch are installed:  python tests/reference/generation.py tests/generation/generation.json
"""
import json
import logging
import math
import sys
import warnings

import torch
from transformers import GenerationConfig, PretrainedConfig, PreTrainedModel
from transformers.modeling_outputs import CausalLMOutputWithPast

VOCABULARY, POSITIONS = 16, 24


class ToyConfig(PretrainedConfig):
    model_type = "toy"


class Toy(PreTrainedModel):
    config_class = ToyConfig

    def __init__(self, config):
        super().__init__(config)
        generator = torch.Generator().manual_seed(7)
        self.table = torch.nn.Parameter((torch.randn(VOCABULARY, VOCABULARY, generator=generator) * 2).round(decimals=2))
        self.drift = torch.nn.Parameter((torch.randn(POSITIONS, VOCABULARY, generator=generator)).round(decimals=2))

    def can_generate(self):
        return True

    def prepare_inputs_for_generation(self, input_ids, attention_mask=None, **kwargs):
        return {"input_ids": input_ids, "attention_mask": attention_mask}

    def forward(self, input_ids, attention_mask=None, return_dict=None, output_attentions=None, output_hidden_states=None, use_cache=None,
                past_key_values=None):
        attention_mask = torch.ones_like(input_ids) if attention_mask is None else attention_mask
        positions = (attention_mask.cumsum(-1) - 1).masked_fill(attention_mask == 0, 1)
        return CausalLMOutputWithPast(logits=self.table[input_ids] + self.drift[positions])


def number(x):
    """JSON has no infinities; the readers take these names."""
    return x if math.isfinite(x) else "nan" if math.isnan(x) else "inf" if x > 0 else "-inf"


def numbers(tensor):
    return [[number(float(f"{x:.7g}")) for x in row] for row in tensor.tolist()]


PROMPTS = {
    "two": ([[3, 5, 7], [9, 2, 11]], None),
    "padded": ([[0, 0, 5, 6], [3, 4, 5, 6]], [[0, 0, 1, 1], [1, 1, 1, 1]]),
    "one": ([[4]], None),
    "repeating": ([[3, 5, 3, 5, 8, 3]], None),
}

EOS = dict(eos_token_id=1, pad_token_id=0)
SEARCHES = [
    ("two", dict(max_new_tokens=6)), ("padded", dict(max_new_tokens=5)), ("padded", dict(max_new_tokens=5, num_beams=3, **EOS)),
    ("one", dict(max_length=6)), ("two", dict()),
    ("two", dict(max_length=3)), ("two", dict(max_length=2)), ("two", dict(max_length=9, max_new_tokens=2)), ("two", dict(max_new_tokens=1)),
    ("two", dict(max_new_tokens=8, eos_token_id=[2, 4], pad_token_id=0)), ("two", dict(max_new_tokens=8, eos_token_id=10)),
    ("two", dict(max_new_tokens=8, eos_token_id=-1)),
    ("two", dict(max_new_tokens=8, eos_token_id=[10, 13], min_length=7)), ("two", dict(max_new_tokens=8, eos_token_id=[10, 13], min_new_tokens=5)),
    ("repeating", dict(max_new_tokens=8, no_repeat_ngram_size=2)), ("repeating", dict(max_new_tokens=6, no_repeat_ngram_size=1)),
    ("repeating", dict(max_new_tokens=8, encoder_no_repeat_ngram_size=2)), ("repeating", dict(max_new_tokens=8, repetition_penalty=1.8)),
    ("two", dict(max_new_tokens=8, repetition_penalty=0.5)), ("two", dict(max_new_tokens=8, encoder_repetition_penalty=2.5)),
    ("two", dict(max_new_tokens=6, num_beams=3, encoder_repetition_penalty=2.5)),
    ("two", dict(max_new_tokens=8, bad_words_ids=[[6], [12, 3], [10]], eos_token_id=10)),
    ("two", dict(max_new_tokens=8, bad_words_ids=[[10]], eos_token_id=10)),
    ("two", dict(max_new_tokens=8, suppress_tokens=[3, 12], begin_suppress_tokens=[4, 6])),
    ("two", dict(max_new_tokens=6, suppress_tokens=[], begin_suppress_tokens=[])),
    ("one", dict(max_new_tokens=5, forced_bos_token_id=7, forced_eos_token_id=1)), ("one", dict(max_new_tokens=5, forced_bos_token_id=7, begin_suppress_tokens=[3])),
    ("two", dict(max_new_tokens=5, forced_eos_token_id=[1, 2])),
    ("one", dict(max_new_tokens=6, forced_decoder_ids=[[1, 5], [2, None], [3, 9]])),
    ("one", dict(max_new_tokens=6, forced_decoder_ids=[[1, 5], [2, 9]], begin_suppress_tokens=[3, 6])),
    ("two", dict(max_new_tokens=6, forced_decoder_ids=[[3, 12]], suppress_tokens=[12])),
    ("two", dict(max_new_tokens=8, exponential_decay_length_penalty=[2, 1.8], eos_token_id=1, pad_token_id=0)),
    ("two", dict(max_new_tokens=6, remove_invalid_values=True)), ("two", dict(max_new_tokens=6, renormalize_logits=True)),
    ("two", dict(max_new_tokens=6, guidance_scale=1.6)), ("two", dict(max_new_tokens=6, guidance_scale=1.0)),
    ("two", dict(max_new_tokens=6, num_beams=4)), ("two", dict(max_new_tokens=6, num_beams=4, num_return_sequences=4)),
    ("two", dict(max_new_tokens=6, num_beams=3, num_beam_groups=3, diversity_penalty=0.9, num_return_sequences=3, **EOS)),
    ("two", dict(max_new_tokens=6, num_beams=6, num_beam_groups=2, diversity_penalty=2.0, num_return_sequences=4, eos_token_id=10)),
    ("two", dict(max_new_tokens=6, num_beams=4, no_repeat_ngram_size=2, repetition_penalty=1.4)),
    ("two", dict(max_new_tokens=6, num_beams=4, renormalize_logits=True, repetition_penalty=1.4)),
    ("one", dict(max_new_tokens=5, num_beams=3, forced_bos_token_id=7, forced_eos_token_id=1, eos_token_id=1)),
    ("two", dict(max_new_tokens=7, num_beams=4, num_return_sequences=3, eos_token_id=[10, 13], min_new_tokens=3, pad_token_id=0)),
    ("two", dict(max_new_tokens=8, num_beams=3, force_words_ids=[[6], [12, 3]])),
    ("two", dict(max_new_tokens=8, num_beams=4, num_return_sequences=2, force_words_ids=[[14, 9]], eos_token_id=10, pad_token_id=0)),
    ("two", dict(max_new_tokens=8, num_beams=5, force_words_ids=[[[6, 2], [15, 9, 4]], [11]], eos_token_id=10, pad_token_id=0)),
    ("one", dict(max_new_tokens=6, prompt_lookup_num_tokens=3)), ("repeating", dict(max_new_tokens=10, prompt_lookup_num_tokens=2)),
]
for penalty in (-1.0, 0.0, 1.0, 2.5):
    for stopping in (True, False, "never"):
        SEARCHES.append(("two", dict(max_new_tokens=9, num_beams=3, num_return_sequences=3, length_penalty=penalty, early_stopping=stopping,
                                     eos_token_id=[10, 12], pad_token_id=0)))

BIAS = {(6,): 4.0, (5, 7, 12): 9.0, (7, 12): -3.0, (9,): -2.5}
ERRORS = [
    dict(num_return_sequences=2), dict(num_beams=2, num_return_sequences=3), dict(num_beams=4, num_beam_groups=3, diversity_penalty=1.0),
    dict(num_beams=4, num_beam_groups=2), dict(num_beams=4, num_beam_groups=2, diversity_penalty=1.0, do_sample=True),
    dict(early_stopping="sometimes"), dict(do_sample=True, temperature=0.0), dict(do_sample=True, temperature=-1.0), dict(repetition_penalty=-1.0),
    dict(repetition_penalty=0.0), dict(bad_words_ids=[]), dict(bad_words_ids=[[-1]]), dict(bad_words_ids=[3]), dict(do_sample=True, top_k=-1),
    dict(do_sample=True, top_p=-0.1), dict(do_sample=True, typical_p=0.0), dict(bad_words_ids=[[]]), dict(suppress_tokens=[16]),
    dict(bad_words_ids=[[16]]), dict(exponential_decay_length_penalty=[2, 1.5]), dict(num_beams=2, diversity_penalty=1.0),
    dict(num_beams=3, force_words_ids=[]), dict(num_beams=3, force_words_ids=[[-1]]), dict(penalty_alpha=0.5, top_k=4, use_cache=False),
    dict(force_words_ids=[[3]]), dict(prompt_lookup_num_tokens=2), dict(prompt_lookup_num_tokens=2, num_beams=2), dict(forced_bos_token_id=99, max_new_tokens=2, _prompt="one"),
]

ROWS = [[3, 5, 7, 3, 5], [9, 2, 11, 9, 9], [1, 1, 1, 1, 1], [5, 7, 12, 5, 7]]
ENCODER = [[3, 5, 7, 12], [9, 9, 2, 2]]
PROCESSORS = [
    dict(repetition_penalty=1.7), dict(repetition_penalty=0.6), dict(encoder_repetition_penalty=1.7), dict(no_repeat_ngram_size=1), dict(no_repeat_ngram_size=2),
    dict(no_repeat_ngram_size=3), dict(no_repeat_ngram_size=6), dict(no_repeat_ngram_size=7), dict(encoder_no_repeat_ngram_size=2), dict(encoder_no_repeat_ngram_size=3),
    dict(bad_words_ids=[[4], [7, 12], [3, 5, 1], [2, 2]]), dict(sequence_bias=BIAS), dict(min_length=9, eos_token_id=1),
    dict(min_new_tokens=3, eos_token_id=[1, 2]), dict(forced_eos_token_id=4, max_length=6), dict(forced_eos_token_id=[4, 5], max_length=6),
    dict(remove_invalid_values=True), dict(exponential_decay_length_penalty=[1, 1.5], eos_token_id=[1, 3]), dict(suppress_tokens=[2, -1]),
    dict(begin_suppress_tokens=[2, 3]), dict(forced_decoder_ids=[[5, 9], [5, 10]]), dict(renormalize_logits=True),
    dict(sequence_bias=BIAS, repetition_penalty=1.3, no_repeat_ngram_size=2, bad_words_ids=[[4]], min_length=9, eos_token_id=1, suppress_tokens=[3],
         exponential_decay_length_penalty=[0, 1.2], renormalize_logits=True),
]
WARPERS = [
    dict(temperature=0.7), dict(temperature=2.5), dict(top_k=3), dict(top_k=40), dict(top_k=1, num_beams=2), dict(top_p=0.7), dict(top_p=0.05), dict(top_p=0.0),
    dict(top_p=0.05, num_beams=2, eos_token_id=[1, 2]), dict(typical_p=0.5), dict(typical_p=0.9), dict(typical_p=0.01, num_beams=2), dict(epsilon_cutoff=0.05),
    dict(epsilon_cutoff=0.9), dict(eta_cutoff=0.1), dict(eta_cutoff=0.9), dict(temperature=1.4, top_k=6, top_p=0.8, typical_p=0.9, epsilon_cutoff=0.01, eta_cutoff=0.01,
                                                                              renormalize_logits=True),
]
CONFIGS = [dict(), dict(max_new_tokens=5, do_sample=True, top_p=0.9), dict(eos_token_id=[1, 2], language="fr", num_beams=4, early_stopping="never"),
           dict(do_sample=False, temperature=0.5), dict(_from_model_config=True, bos_token_id=1)]
MODEL_CONFIGS = [dict(), dict(max_length=33, num_beams=3, bos_token_id=5, eos_token_id=[6, 7], decoder_start_token_id=2, no_repeat_ngram_size=3),
                 dict(decoder=dict(max_length=44, eos_token_id=9, pad_token_id=3), eos_token_id=8), dict(text_config=dict(forced_eos_token_id=2))]


def json_settings(settings):
    return {k: [[list(ids), bias] for ids, bias in v.items()] if k == "sequence_bias" else v for k, v in settings.items()}


def prompt_length(settings):
    """Such that the five tokens of ROWS are where the setting has an effect."""
    return 4 if "min_new_tokens" in settings else 5 if "begin_suppress_tokens" in settings else 3


def search(model, prompt, settings):
    ids, mask = (torch.tensor(x) if x else None for x in PROMPTS[prompt])
    inputs = {"input_ids": ids} | ({"attention_mask": mask} if mask is not None else {})
    lookup = "prompt_lookup_num_tokens" in settings      # the toy has no cache, without which the reference doesn't look up
    given = {k: v for k, v in settings.items() if not (lookup and k == "prompt_lookup_num_tokens")}
    out = model.generate(**inputs, **given, return_dict_in_generate=True, output_scores=True)
    entry = {"prompt": prompt, "settings": settings, "sequences": out.sequences.tolist(), "steps": len(out.scores),
             "last_scores": numbers(out.scores[-1])}
    if getattr(out, "sequences_scores", None) is not None:
        entry["sequences_scores"] = [float(f"{x:.7g}") for x in out.sequences_scores.tolist()]
    if getattr(out, "beam_indices", None) is not None and settings.get("num_beam_groups", 1) == 1 and "force_words_ids" not in settings:
        entry["beam_indices"] = out.beam_indices.tolist()
    return entry


def processed(model, settings, warp, scores):
    config = GenerationConfig(**settings)
    ids = torch.tensor(ROWS)
    rows = scores.clone()
    if warp:
        rows = model._get_logits_warper(config)(ids, rows)
    else:
        rows = model._get_logits_processor(config, prompt_length(settings), torch.tensor(ENCODER), None, [])(ids, rows)
    return {"settings": json_settings(settings), "warp": warp, "prompt_length": prompt_length(settings), "expected": numbers(rows)}


def fails(model, settings):
    settings = dict(settings)
    ids = torch.tensor(PROMPTS[settings.pop("_prompt", "two")][0])
    try:
        model.generate(ids, **({"max_new_tokens": 4} | settings))
    except Exception:
        return True
    return False


def main(path):
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    torch.manual_seed(0)
    model = Toy(ToyConfig()).eval()
    scores = (torch.randn(4, VOCABULARY, generator=torch.Generator().manual_seed(3)) * 2).round(decimals=2)
    spoiled = scores.clone()
    spoiled[0, 3], spoiled[1, 4], spoiled[2, 5] = float("nan"), float("inf"), -float("inf")
    thin = scores.clone()
    thin[:, 4:] = -float("inf")
    for settings in ERRORS:
        assert fails(model, settings), settings
    data = {
        "vocabulary": VOCABULARY, "positions": POSITIONS, "table": numbers(model.table.detach()), "drift": numbers(model.drift.detach()),
        "prompts": {k: {"ids": v[0], "mask": v[1]} for k, v in PROMPTS.items()},
        "searches": [search(model, *case) for case in SEARCHES],
        "errors": ERRORS, "rows": ROWS, "encoder": ENCODER, "scores": {"plain": numbers(scores), "spoiled": numbers(spoiled), "thin": numbers(thin)},
        "processors": [{**processed(model, s, False, spoiled if "remove_invalid_values" in s else scores), "scores": "spoiled" if "remove_invalid_values" in s else "plain"} for s in PROCESSORS]
        + [{**processed(model, s, True, x), "scores": name} for s in WARPERS for name, x in (("plain", scores), ("thin", thin))],
        "configs": [{"settings": s, "json": GenerationConfig(**s).to_json_string(), "whole": GenerationConfig(**s).to_json_string(use_diff=False)} for s in CONFIGS],
        "model_configs": [{"config": c, "json": GenerationConfig.from_model_config(ToyConfig(**c)).to_json_string()} for c in MODEL_CONFIGS],
    }
    with open(path, "w") as f:
        f.write("{\n" + ",\n".join(f'"{k}": ' + (json.dumps(v) if not isinstance(v, list) else "[\n" + ",\n".join(json.dumps(x) for x in v) + "\n]") for k, v in data.items()) + "\n}\n")


if __name__ == "__main__":
    main(sys.argv[1])
