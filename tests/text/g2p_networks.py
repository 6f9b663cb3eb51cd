#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes a folder of g2p_en's data as tests use it: g2p_networks.py FOLDER OUT copies the small files of FOLDER to OUT, and adds networks of
the shapes that g2p_en's have, whose weights are a formula of their place: the real ones are too large to keep."""
import array
import os
import shutil
import sys
import zipfile

EMBEDDING = HIDDEN = 256
LETTERS, PHONEMES = 29, 74
SHAPES = {"enc_emb": (LETTERS, EMBEDDING), "dec_emb": (PHONEMES, EMBEDDING), "fc_w": (PHONEMES, HIDDEN), "fc_b": (PHONEMES,)}
for unit in "enc", "dec":
    SHAPES |= {f"{unit}_w_ih": (3 * HIDDEN, EMBEDDING), f"{unit}_w_hh": (3 * HIDDEN, HIDDEN), f"{unit}_b_ih": (3 * HIDDEN,), f"{unit}_b_hh": (3 * HIDDEN,)}


def weights(name):
    """Numbers between -1/8 and 1/8, embeddings and what is added to logits between -1 and 1: exact as 32-bit floats."""
    size = 1
    for n in SHAPES[name]:
        size *= n
    scale = 1 if name.endswith("emb") or name == "fc_b" else 8
    seed = sum(name.encode())
    return array.array("f", (((i * 40503 + seed * 7919) * 2654435761 % 2**32 >> 16) / 32768 / scale - 1 / scale for i in range(size)))


def member(name):
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {SHAPES[name]}, }}"
    header = header.ljust(117) + "\n"
    numbers = weights(name)
    if sys.byteorder == "big":
        numbers.byteswap()
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + numbers.tobytes()


def main(folder, out):
    os.makedirs(out, exist_ok=True)
    for name in os.listdir(folder):
        shutil.copy(os.path.join(folder, name), out)
    with zipfile.ZipFile(os.path.join(out, "checkpoint20.npz"), "w") as archive:
        for name in SHAPES:
            archive.writestr(name + ".npy", member(name))


if __name__ == "__main__":
    main(*sys.argv[1:])
