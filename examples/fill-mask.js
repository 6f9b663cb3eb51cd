// SPDX-License-Identifier: LGPL-2.1-or-later
// Which words fit the gap?  gjs -m fill-mask.js MODEL "Paris is the [MASK] of France."
import Auto from 'gi://Auto?version=1';
import Json from 'gi://Json';

const [path, text] = ARGV;
const pipeline = Auto.TaskPipeline.new('fill-mask', path, null, null);
const answer = JSON.parse(Json.to_string(pipeline.run(text, null, null), false));
for (const {token_str, score} of answer)
    print(`${score.toFixed(3)}  ${token_str}`);
