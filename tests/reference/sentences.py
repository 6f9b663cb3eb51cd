#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes what the reference makes of 200 sentences: token ids, and embeddings as sentence-transformers defines them.

  sentences.py FOLDER-OF-all-MiniLM-L6-v2 tests/pipeline/data
"""
import json
import os
import sys

import torch
from safetensors.torch import save_file
from transformers import AutoModel, AutoTokenizer

BASES = [
    "A cat sits on the mat.", "The quick brown fox jumps over the lazy dog.", "It rained all day; nobody minded.",
    "Die Würde des Menschen ist unantastbar.", "L'été dernier, nous étions à Besançon.", "El niño comió piñas mañana.",
    "Žluťoučký kůň úpěl ďábelské ódy.", "Съешь же ещё этих мягких французских булок.", "Η γρήγορη αλεπού πηδά.",
    "今日は天気がいいですね。", "我爱北京天安门", "한국어 문장도 있습니다.", "मैं हिन्दी पढ़ता हूँ।", "هذا نص عربي قصير.", "זהו משפט בעברית.",
    "ประโยคภาษาไทยไม่มีช่องว่าง", "Tiếng Việt có nhiều dấu thanh.", "Ünïcödé döts everywhere", "ﬁne ligatures and ｆｕｌｌｗｉｄｔｈ",
    "E = mc² and ∑ xᵢ ≥ 0", "Price: $1,234.56 (20% off!)", "Call +1-800-555-0199 now", "user@example.com wrote: hi :-)",
    "https://example.org/path?query=1&b=2#top", "for (int i = 0; i < n; i++) sum += a[i];", "def f(x): return x ** 2  # square",
    "SELECT * FROM t WHERE a='b';", "{\"key\": [1, 2.5e-3, null]}", "\t tabs\tand\nnew lines \r\n", "ALL CAPS SHOUTING!!!",
    "don't can't won't it's y'all", "antidisestablishmentarianism pneumonoultramicroscopicsilicovolcanoconiosis", "😀 emoji 👩‍👩‍👧 family 🇩🇪",
    "a", "...", "[MASK] and [SEP] inside", "1234567890 0x1F 3.14159", "— dashes – and - hyphens", "“curly” ‘quotes’ «here»", "zero\u200bwidth\u00adsoft",
]


def sentences():
    out = list(BASES)
    out += [base.upper() for base in BASES]
    out += [base + " " + BASES[(7 * i + 3) % len(BASES)] for i, base in enumerate(BASES)]
    out += [" ".join([base] * (2 + i % 5)) for i, base in enumerate(BASES)]
    out += [BASES[(3 * i + 1) % len(BASES)][::-1] + ", " + base.lower() for i, base in enumerate(BASES)]
    return out


def main():
    model_folder, out = sys.argv[1:]
    tokenizer, model = AutoTokenizer.from_pretrained(model_folder), AutoModel.from_pretrained(model_folder).eval()
    tokenizer.backend_tokenizer.no_padding()
    ids, vectors = [], []
    for text in sentences():
        inputs = tokenizer(text, truncation=True, max_length=256, return_tensors="pt")
        with torch.no_grad():
            states = model(**inputs).last_hidden_state[0]
        ids.append(inputs["input_ids"][0].tolist())
        vectors.append(torch.nn.functional.normalize(states.mean(0), dim=0))
    with open(os.path.join(out, "sentences.json"), "w") as f:
        json.dump([{"text": text, "ids": row} for text, row in zip(sentences(), ids)], f)
    save_file({"embeddings": torch.stack(vectors).half()}, os.path.join(out, "sentences.safetensors"))


main()
