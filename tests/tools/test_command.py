#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The command from outside: exit codes, messages, JSON. Arguments: the command, the folder of goldens."""
import json
import os
import subprocess
import sys
import tempfile

AUTO = sys.argv[1]
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "hello", "world", "un", "##aff", "##able"]
CONFIG = {"model_type": "bert", "vocab_size": len(VOCABULARY), "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 8}
count, failed = 0, 0


def auto(*arguments, env=None, given=None):
    done = subprocess.run([AUTO, *arguments], capture_output=True, text=True, input=given, env={**os.environ, **(env or {})})
    return done.returncode, done.stdout, done.stderr


def check(name, truth, *details):
    global count, failed
    count += 1
    failed += not truth
    print(f"{'ok' if truth else 'not ok'} {count} {name}")
    if not truth:
        print("#", *details)


def main():
    with tempfile.TemporaryDirectory() as folder:
        write = lambda name, text: open(os.path.join(folder, name), "w").write(text)
        write("config.json", json.dumps(CONFIG))
        write("vocab.txt", "\n".join(VOCABULARY) + "\n")

        code, out, err = auto()
        check("no command is wrong usage", code == 2 and "Commands:" in err, code, err)
        code, out, err = auto("--help")
        check("help", code == 0 and "tokenize" in out, code, out)
        code, out, err = auto("generate", "--help")
        check("generate --help", code == 0 and "--assistant=MODEL" in out and "segment by segment" in out, code, out)
        code, out, err = auto("frobnicate")
        check("unknown command", code == 2 and "frobnicate" in err, code, err)
        code, out, err = auto("config")
        check("missing argument", code == 2 and "MODEL" in err, code, err)

        code, out, err = auto("config", folder, "--set", "hidden_act=relu")
        config = json.loads(out)
        check("config", code == 0 and config["hidden_act"] == "relu" and config["hidden_dropout_prob"] == 0.1, code, err)
        code, out, err = auto("config", folder, "--diff")
        check("config --diff", code == 0 and "return_dict" not in json.loads(out) and json.loads(out)["hidden_size"] == 8, out)
        code, out, err = auto("config", "./no-such-folder", "--local-files-only")
        check("absent folder is one line on stderr", code == 1 and err.count("\n") == 1 and "no-such-folder" in err, code, err)
        write("broken.json", "{")
        code, out, err = auto("config", os.path.join(folder, "broken.json"))
        check("broken JSON names the file", code == 1 and "broken.json" in err, code, err)

        code, out, err = auto("tokenize", folder, "hello unaffable", "--json")
        check("tokenize", code == 0 and json.loads(out)["input_ids"] == [2, 5, 7, 8, 9, 3], code, out, err)
        code, out, err = auto("tokenize", folder, "hello", "--pair", "world", "--json")
        check("tokenize --pair", json.loads(out)["token_type_ids"] == [0, 0, 0, 1, 1], out)
        code, out, err = auto("tokenize", folder, "hello unaffable", "--json", "--set", "max_length=4", "--set", "truncation=only_first")
        check("tokenize --set", code == 0 and json.loads(out)["input_ids"] == [2, 5, 7, 3], code, out, err)
        code, out, err = auto("tokenize", folder, "hello", "--set", "padding=wide")
        check("tokenize --set to no value", code == 1 and "padding=wide" in err and "max-length" in err, code, err)
        code, out, err = auto("tokenize", folder, "hello unaffable", "--json", "--set", "max_length=4", "--set", "truncation=true", "--set", "padding=do_not_pad")
        check("tokenize --set with the reference's words", code == 0 and json.loads(out)["input_ids"] == [2, 5, 7, 3], code, out, err)
        code, out, err = auto("tokenize", folder, "--file=-", "--json", given="hello\nworld hello\n")
        rows = [json.loads(line)["input_ids"] for line in out.splitlines()]
        check("tokenize of standard input", code == 0 and rows == [[2, 5, 3], [2, 6, 5, 3]], code, out, err)
        code, out, err = auto("tokenize", folder, "--file", folder)
        check("tokenize of a folder's lines", code == 1 and folder in err and "give a file" in err, code, err)
        open(os.path.join(folder, "latin.txt"), "wb").write(b"hello w\xf6rld\n")
        code, out, err = auto("tokenize", folder, "--file", os.path.join(folder, "latin.txt"))
        check("tokenize of lines that aren't UTF-8", code == 1 and "byte 7" in err and "iconv" in err, code, err)
        code, out, err = auto("tokenize", folder, "hello", "world")
        check("tokenize of two texts", code == 2 and "world" in err and "--pair" in err, code, err)
        code, out, err = auto("tokenize", folder, "--decode", "5", "6")
        check("tokenize --decode", code == 0 and out == "hello world\n", out, err)
        code, out, err = auto("tokenize", folder, "--decode", "five")
        check("tokenize --decode of what is no id", code == 1 and "five" in err, code, err)

        code, out, err = auto("tokenize", folder, "--decode", "[5, 6]")
        check("tokenize --decode of a list", code == 0 and out == "hello world\n", out, err)
        code, out, err = auto("tokenize", folder, "--decode")
        check("tokenize --decode of nothing", code == 2 and "needs ids" in err, code, err)

        code, out, err = auto("inspect", "bert", "--json")
        check("inspect", code == 0 and "BertModel" in json.loads(out)[0]["architectures"]["bert"]["AutoModel"], code, err)
        code, out, err = auto("inspect", "no-such-type")
        check("inspect of nothing", code == 1 and "no-such-type" in err, code, err)
        code, out, err = auto("inspect", "--tasks", "--json")
        check("inspect --tasks", code == 0 and "bert" in json.loads(out)["AutoModelForMaskedLM"], code, err)

        code, out, err = auto("embed", folder, "hello")
        check("weights that are absent", code == 1 and "model.safetensors" in err, code, err)
        code, out, err = auto("forward", folder, "--auto-class", "AutoModelForNothing", "--inputs", "a", "--outputs", "b")
        check("unknown Auto class is wrong usage", code == 2 and "AutoModelForNothing" in err, code, err)
        code, out, err = auto("forward", folder)
        check("forward needs files", code == 2 and "--inputs" in err, code, err)
        code, out, err = auto("run", "no-such-task", folder, "hello")
        check("unknown task lists the tasks", code == 1 and "fill-mask" in err, code, err)
        code, out, err = auto("convert", folder, "--outputs", folder, "--dtype", "i8")
        check("convert to no such type", code == 2 and "i8" in err, code, err)
        code, out, err = auto("cache", "list", "--json", "--cache-dir", folder)
        check("an empty cache", code == 0 and json.loads(out) == [], code, out, err)
        code, out, err = auto("embed", "org/name", "hello", env={"HF_HUB_OFFLINE": "1", "HF_HOME": folder})
        check("offline", code == 1 and "HF_HUB_OFFLINE" in err, code, err)
    print(f"1..{count}")
    sys.exit(failed > 0)


main()
