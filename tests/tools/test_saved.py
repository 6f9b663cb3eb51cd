#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What `auto convert` writes is what the reference reads. Arguments: the command, a model's folder.

The reference is looked for in $AUTO_REFERENCE_PYTHON and in python3; the test says so when it is not there.
"""
import json
import os
import subprocess
import sys
import tempfile

READER = """
import json, sys, torch
from transformers import AutoModelForSequenceClassification
model, info = AutoModelForSequenceClassification.from_pretrained(sys.argv[1], output_loading_info=True)
from safetensors.torch import load_file
import glob
stored = {}
for path in glob.glob(sys.argv[1] + "/*.safetensors"): stored |= load_file(path)
state = model.state_dict()
worst = max(float((state[k].float() - v.float()).abs().max()) for k, v in stored.items())
ids = torch.tensor([[2, 8, 9, 3]])
print(json.dumps({"missing": info["missing_keys"], "unexpected": info["unexpected_keys"], "worst": worst, "n": len(stored),
                  "logits": model(ids).logits[0].tolist()}))
"""


def find_reference():
    for python in (os.environ.get("AUTO_REFERENCE_PYTHON"), "python3"):
        if python and subprocess.run([python, "-c", "import torch, transformers, safetensors"], capture_output=True).returncode == 0:
            return python
    return None


def main():
    auto, model = sys.argv[1:]
    reference = find_reference()
    if not reference:
        print("1..0 # SKIP neither $AUTO_REFERENCE_PYTHON nor python3 has transformers")
        return
    failed, answers = 0, []
    print("1..3")
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, arguments) in enumerate({"as it is": [], "in shards": ["--max-shard-size", "2000"], "in bf16": ["--dtype", "bf16"]}.items(), 1):
            out = os.path.join(folder, str(number))
            subprocess.run([auto, "convert", model, "--outputs", out, *arguments], check=True)
            done = subprocess.run([reference, "-c", READER, out], capture_output=True, text=True, env={**os.environ, "HF_HUB_OFFLINE": "1"})
            answer = json.loads(done.stdout) if done.returncode == 0 else {}
            answers.append(answer.get("logits"))
            same = answers[0] and max(abs(a - b) for a, b in zip(answers[0], answers[-1] or [9e9])) <= (0.02 if "bf16" in name else 1e-6)
            good = answer and not answer["missing"] and not answer["unexpected"] and answer["worst"] == 0 and answer["n"] > 10 and same
            failed += not good
            print(f"{'ok' if good else 'not ok'} {number} {name}")
            if not good:
                print("#", answer, done.stderr[-300:].replace("\n", " "))
    sys.exit(failed > 0)


main()
