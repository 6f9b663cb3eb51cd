#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes random config.json files and what transformers makes of them.

    random-configs.py OUT.json [--cases N] [--seed S] [--types bert,gpt2,…]

OUT.json has "defaults", the to_dict () of every class, and "cases". A case is what was put into a folder "model" (config) and
what AutoConfig.from_pretrained ("model", **kwargs, return_unused_kwargs=True) gave: the keys in which to_dict () differs from the
defaults, the text of to_json_string (), the unused keywords; or that it raised an error.
"""
import argparse
import json
import os
import random
import tempfile

import transformers
from transformers import AutoConfig, CONFIG_MAPPING

ACTIVATIONS = ["gelu", "relu", "gelu_new", "silu", "tanh", "quick_gelu", "no_such_function"]
DERIVED = {"model_type", "transformers_version", "stage_names", "out_features", "out_indices"}
NESTED = {"clip": ["text_config", "vision_config"]}


def like(rng, key, value):
    """A value of the kind that the default has."""
    if key in ("hidden_act", "activation_function"):
        return rng.choice(ACTIVATIONS)
    if isinstance(value, bool):
        return rng.random() < 0.5
    if isinstance(value, int):
        return rng.choice([0, 1, 2, 3, 7, 64, 4096])
    if isinstance(value, float):
        return rng.choice([0, 0.0, 1, 0.25, 1e-5, 1e-7, 123456789.125, 1e20, float("inf"), -2.5])
    if isinstance(value, str):
        return rng.choice(["absolute", "", "ünïcode 𝄞 \"quoted\"\n", "relative_key"])
    if isinstance(value, list):
        return [rng.randrange(1, 9) for _ in range(rng.randrange(1, 6))]
    return None


def anything(rng, depth=0):
    kinds = ["null", "int", "float", "text", "bool"] + (["list", "dict"] if depth < 2 else [])
    kind = rng.choice(kinds)
    if kind == "list":
        return [anything(rng, depth + 1) for _ in range(rng.randrange(3))]
    if kind == "dict":
        return {rng.choice(["b", "a", "10", "9", "é", "torch"]) + str(i): anything(rng, depth + 1) for i in range(rng.randrange(4))}
    return {"null": None, "int": rng.choice([0, -1, 2**53, -(2**62)]), "float": rng.choice([0.1, -1e300, float("-inf"), float("nan")]),
            "text": rng.choice(["", "NaN", "x"]), "bool": rng.random() < 0.5}[kind]


def labels(rng):
    names = [str(i) for i in range(rng.randrange(0, 13))]
    rng.shuffle(names)
    return {name: f"L{name}" for name in names}


def special(rng):
    """Keys that the base class treats in a way of their own."""
    return rng.choice([
        {"num_labels": rng.randrange(0, 14)},
        {"num_labels": rng.choice([None, "3", 2.0, True])},
        {"id2label": labels(rng)},
        {"id2label": labels(rng), "label2id": {"a": 1}},
        {"label2id": {"a": 1}},
        {"label2id": ["a"]},
        {"id2label": ["a"]},
        {"id2label": {"x": "a"}},
        {"id2label": {" 01 ": "a", "1": "b", "-3": "c"}},
        {"id2label": labels(rng), "num_labels": rng.randrange(0, 5)},
        {"torch_dtype": rng.choice(["float16", "bfloat16", "float32", "double", "half", "no_such_type"])},
        {"problem_type": rng.choice(["regression", "multi_label_classification", "no_such_problem"])},
        {"pruned_heads": rng.choice([{"2": [1, 0], "10": [3]}, {"x": []}, {}])},
        {"_name_or_path": "somewhere/else"},
        {"name_or_path": "some/name"},
        {"attn_implementation": "sdpa"},
        {"xla_device": True},
        {"transformers_version": "4.1.0"},
        {"_commit_hash": "abc"},
        {"eos_token_id": rng.choice([3, [3, 4], None])},
        {"bad_words_ids": [[1, 2], [3]], "forced_bos_token_id": 7},
        {"early_stopping": rng.choice([True, "never"])},
        {"quantization_config": {"bits": 4, "nested": {"torch_dtype": "float16"}}, "_pre_quantization_dtype": "x"},
        {"gradient_checkpointing": True},
        {"architectures": ["SomeModel"], "task_specific_params": {"summarization": {"max_length": 5}}},
        {"use_return_dict": True},
    ])


def random_dict(rng, name, defaults, aliases):
    keys = [k for k in defaults if k not in DERIVED and k not in ("id2label", "label2id", "_name_or_path", "torch_dtype", "problem_type")
            and not isinstance(defaults[k], dict)]
    result = {}
    for key in rng.sample(keys, rng.randrange(0, 8)):
        value = like(rng, key, defaults[key])
        result[key] = rng.choice([0, 5]) if value is None and key.endswith("_id") else value
    if aliases and rng.random() < 0.5:
        alias = rng.choice(sorted(aliases))
        result[alias] = [2, 4] if alias == "num_attention_heads" and name == "swin" else rng.choice([2, 5])
    if rng.random() < 0.4:
        result[f"unknown_{rng.randrange(9)}"] = anything(rng)
    if rng.random() < 0.6:
        result.update(special(rng))
    items = list(result.items())
    rng.shuffle(items)
    return dict(items)


def random_config(rng, name, all_defaults):
    cls = CONFIG_MAPPING[name]
    config = random_dict(rng, name, all_defaults.get(name, all_defaults["base"]), cls.attribute_map)
    for key in NESTED.get(name, []):
        if rng.random() < 0.7:
            config[key] = rng.choice([None, random_dict(rng, key, all_defaults[key], {})])
    if name == "encoder-decoder" and rng.random() < 0.9:
        for key in ("encoder", "decoder"):
            inner = rng.choice(["bert", "gpt2"])
            config[key] = dict(random_dict(rng, inner, all_defaults[inner], {}), model_type=inner)
    return dict(config, model_type=name)


def random_kwargs(rng, name, all_defaults):
    if rng.random() < 0.5:
        return {}
    kwargs = random_dict(rng, name, all_defaults.get(name, all_defaults["base"]), CONFIG_MAPPING[name].attribute_map)
    kwargs.pop("_commit_hash", None)
    kwargs.pop("use_return_dict", None)
    kwargs.pop("name_or_path", None)
    if any(key != key.strip() for key in kwargs.get("id2label") or []):
        del kwargs["id2label"]
    if name == "clip" and rng.random() < 0.5:
        kwargs["text_config"] = {"hidden_size": 8, "unknown": 1}
    return kwargs


def changed(dictionary, defaults):
    """What to_dict () says beyond the defaults, as JSON sees it."""
    dictionary = json.loads(json.dumps(dictionary))
    result = {k: v for k, v in dictionary.items() if k not in defaults or repr(v) != repr(defaults[k])}
    return result, [k for k in defaults if k not in dictionary]


def as_python(kwargs):
    """What JSON can't say: the keys of id2label are integers, where they can be."""
    kwargs = json.loads(json.dumps(kwargs))
    for key in ("id2label", "pruned_heads"):
        if isinstance(kwargs.get(key), dict) and all(k.strip().lstrip("-").isdigit() for k in kwargs[key]):
            kwargs[key] = {int(k): v for k, v in kwargs[key].items()}
    return kwargs


def run(name, config, kwargs, defaults):
    case = {"type": name, "config": config, "kwargs": kwargs}
    os.makedirs("model", exist_ok=True)
    with open("model/config.json", "w") as f:
        json.dump(config, f)
    try:
        result, unused = AutoConfig.from_pretrained("model", return_unused_kwargs=True, **as_python(kwargs))
        case["changed"], case["removed"] = changed(result.to_dict(), defaults.get(name, defaults["base"]))
        case["text"] = result.to_json_string()
        case["unused"] = json.loads(json.dumps(unused))
    except Exception as error:
        case["error"] = type(error).__name__
    return case


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out")
    parser.add_argument("--cases", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--types", default="bert,gpt2,swin,clip,ernie_m,encoder-decoder")
    args = parser.parse_args()
    transformers.logging.set_verbosity(transformers.logging.CRITICAL)
    out = os.path.abspath(args.out)
    rng = random.Random(args.seed)
    types = args.types.split(",")

    defaults = {"base": json.loads(json.dumps(transformers.PretrainedConfig().to_dict()))}
    for name in types:
        if not CONFIG_MAPPING[name].is_composition:
            defaults[name] = json.loads(json.dumps(CONFIG_MAPPING[name]().to_dict()))
    if "clip" in types:
        defaults["text_config"], defaults["vision_config"] = defaults["clip"]["text_config"], defaults["clip"]["vision_config"]
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        cases = [run(types[i % len(types)], random_config(rng, types[i % len(types)], defaults), random_kwargs(rng, types[i % len(types)], defaults),
                     defaults) for i in range(args.cases)]
        os.chdir("/")
    with open(out, "w") as f:
        f.write('{"defaults": ' + json.dumps(defaults) + ',\n"cases": [\n' + ",\n".join(json.dumps(case) for case in cases) + "\n]}\n")


if __name__ == "__main__":
    main()
