#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""From exec to the embeddings of three sentences: time, processor time, memory, and what of it is starting up.

  embed.py COMMAND MODEL [RUNS]        COMMAND is `auto`, of a release build; the model's file is read once before
"""
import os
import statistics
import sys
import time

SENTENCES = ["A cat sits on the mat.", "A kitten rests on a rug.", "The stock market fell today."]


def run(arguments):
    """(seconds, processor seconds, peak resident bytes)"""
    start = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.execvp(arguments[0], arguments)
    _, status, usage = os.wait4(pid, 0)
    if status:
        sys.exit(f"{' '.join(arguments)} failed")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def report(name, arguments, runs):
    seconds, processor, memory = zip(*(run(arguments) for _ in range(runs)))
    print(f"{name:28} min {min(seconds) * 1e3:6.1f} ms  median {statistics.median(seconds) * 1e3:6.1f} ms  "
          f"processor {min(processor) * 1e3:6.1f} ms  resident {max(memory) / 1e6:6.1f} MB")


def main():
    auto, model, runs = sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 15
    weights = os.path.join(model, "model.safetensors")
    with open(weights, "rb") as f:
        while f.read(1 << 20):
            pass
    print(f"the file has {os.path.getsize(weights) / 1e6:.1f} MB; 1.1 times that and 20 MB are {os.path.getsize(weights) * 1.1 / 1e6 + 20:.1f} MB")
    report("nothing (auto --version)", [auto, "--version"], runs)
    report("configuration", [auto, "config", model], runs)
    report("tokenizer, one text", [auto, "tokenize", model, SENTENCES[0]], runs)
    report("embed, three texts", [auto, "embed", model, "--similarity", *SENTENCES], runs)


main()
