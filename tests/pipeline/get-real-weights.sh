#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Puts the models of the PyPI packages rxnfp and rxnmapper into FOLDER, for the test of real weights.
set -eu
folder=${1:?usage: get-real-weights.sh FOLDER}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m pip download --quiet --no-deps --dest "$work" rxnfp==0.1.0 rxnmapper==0.4.3
for wheel in "$work"/*.whl; do python3 -m zipfile -e "$wheel" "$work/unpacked"; done
mkdir -p "$folder"
cp -r "$work"/unpacked/*/models/transformers/. "$folder/"
