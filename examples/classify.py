#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which label fits a text?  classify.py MODEL TEXT..."""
import sys

import gi

gi.require_version("Auto", "1")
from gi.repository import Auto  # noqa: E402

path, *texts = sys.argv[1:]
tokenizer = Auto.Tokenizer.from_pretrained(path)
model = Auto.ModelForSequenceClassification.from_pretrained(path)
logits = model(**tokenizer(texts, padding=True)).logits
for text, row in zip(texts, logits):
    print(f"{model.config.id2label[int(row.argmax())]:12} {text}")
