/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Written by tests/reference/newer_characters.py from regex 2026.11.19: parts of classes of a regular expression. */
#pragma once

#define NEWER_LETTERS \
  "\\x{558}\\x{58B}-\\x{58C}\\x{88F}\\x{C5C}\\x{CDC}\\x{1C89}-\\x{1C8A}\\x{208F}\\x{209D}-\\x{209F}\\x{A7CB}-\\x{A7CF}\\x{A7D2}" \
  "\\x{A7D4}\\x{A7DA}-\\x{A7DD}\\x{A7E2}\\x{A7F1}\\x{AB6C}-\\x{AB6D}\\x{105C0}-\\x{105F3}\\x{107BB}-\\x{107BF}\\x{10940}-\\x{10959}" \
  "\\x{10D4A}-\\x{10D65}\\x{10D6F}-\\x{10D85}\\x{10EC2}-\\x{10EC7}\\x{10ED9}-\\x{10EEE}\\x{1123F}-\\x{11240}\\x{11380}-\\x{11389}" \
  "\\x{1138B}\\x{1138E}\\x{11390}-\\x{113B5}\\x{113B7}\\x{113D1}\\x{113D3}\\x{11B0A}\\x{11BC0}-\\x{11BE0}\\x{11DB0}-\\x{11DDB}" \
  "\\x{11DF1}\\x{11F02}\\x{11F04}-\\x{11F10}\\x{11F12}-\\x{11F33}\\x{1342F}\\x{13441}-\\x{13446}\\x{13460}-\\x{143FA}" \
  "\\x{16100}-\\x{1611D}\\x{16D40}-\\x{16D6C}\\x{16EA0}-\\x{16EB8}\\x{16EBB}-\\x{16ED3}\\x{16FF2}-\\x{16FF3}\\x{187F8}-\\x{187FF}" \
  "\\x{18CD6}-\\x{18CDA}\\x{18CFF}\\x{18D09}-\\x{18D20}\\x{18D80}-\\x{18DF2}\\x{18E00}-\\x{19191}\\x{191A0}-\\x{191D2}" \
  "\\x{1B123}-\\x{1B128}\\x{1B132}\\x{1B155}\\x{1B168}\\x{1D6A6}\\x{1DF1F}-\\x{1DF81}\\x{1DF90}-\\x{1DF96}\\x{1DFCD}-\\x{1DFFF}" \
  "\\x{1E030}-\\x{1E06D}\\x{1E4D0}-\\x{1E4EB}\\x{1E5D0}-\\x{1E5ED}\\x{1E5F0}\\x{1E6C0}-\\x{1E6DE}\\x{1E6E0}-\\x{1E6E2}" \
  "\\x{1E6E4}-\\x{1E6E5}\\x{1E6E7}-\\x{1E6ED}\\x{1E6F0}-\\x{1E6F4}\\x{1E6FE}-\\x{1E6FF}\\x{2B739}-\\x{2B73F}\\x{2B81E}" \
  "\\x{2CEA2}-\\x{2CEAD}\\x{2EBF0}-\\x{2EE5D}\\x{31350}-\\x{33479}\\x{3D000}-\\x{3FC3F}"
#define NEWER_NUMBERS \
  "\\x{10D40}-\\x{10D49}\\x{116D0}-\\x{116E3}\\x{11BF0}-\\x{11BF9}\\x{11DE0}-\\x{11DE9}\\x{11F50}-\\x{11F59}\\x{1246F}" \
  "\\x{12475}-\\x{1247F}\\x{12550}-\\x{12686}\\x{16130}-\\x{16139}\\x{16D70}-\\x{16D79}\\x{16FF4}-\\x{16FF6}\\x{1CCF0}-\\x{1CCF9}" \
  "\\x{1D2C0}-\\x{1D2D3}\\x{1E4F0}-\\x{1E4F9}\\x{1E5F1}-\\x{1E5FA}"
