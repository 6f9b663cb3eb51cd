#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes what transformers' configuration classes have: config-defaults.py OUT.json

For every model type of AutoConfig: the class's name, its own model_type where that is another, its attribute_map, and the
to_dict () of an instance without arguments: the keys in which it differs from PretrainedConfig, nested configurations likewise,
and under "-" those of PretrainedConfig that it lacks. Classes that need arguments have an "error" in their place.
"""
import json
import sys

import transformers
from transformers import CONFIG_MAPPING, PretrainedConfig

NESTED_MARK = "output_hidden_states"


def shrink(dictionary, base):
    result = {}
    for key, value in dictionary.items():
        if isinstance(value, dict) and NESTED_MARK in value:
            result[key] = shrink(value, base)
        elif key not in base or repr(value) != repr(base[key]):
            result[key] = value
    lacking = [key for key in base if key not in dictionary]
    return dict(result, **{"-": lacking}) if lacking else result


def main():
    transformers.logging.set_verbosity(transformers.logging.CRITICAL)
    base = json.loads(json.dumps(PretrainedConfig().to_dict()))
    lines = [json.dumps("") + ": " + json.dumps({"class": "PretrainedConfig", "defaults": base})]
    for model_type in sorted(CONFIG_MAPPING.keys()):
        cls = CONFIG_MAPPING[model_type]
        entry = {"class": cls.__name__}
        if cls.model_type != model_type:
            entry["class_model_type"] = cls.model_type
        if cls.attribute_map:
            entry["attribute_map"] = cls.attribute_map
        try:
            entry["defaults"] = shrink(json.loads(json.dumps(cls().to_dict())), base)
        except Exception as error:
            entry["error"] = type(error).__name__
        lines.append(json.dumps(model_type) + ": " + json.dumps(entry))
    with open(sys.argv[1], "w") as f:
        f.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
