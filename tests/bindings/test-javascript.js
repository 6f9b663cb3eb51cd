// SPDX-License-Identifier: LGPL-2.1-or-later
import Auto from 'gi://Auto?version=1';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import System from 'system';

const folder = ARGV[0];
let count = 0;

function check(name, truth) {
    count++;
    print(`${truth ? 'ok' : 'not ok'} ${count} ${name}`);
    if (!truth)
        System.exit(1);
}

const NewConfig = GObject.registerClass({GTypeName: 'JsNewConfig'}, class NewConfig extends Auto.PretrainedConfig {});

const NewModel = GObject.registerClass({GTypeName: 'JsNewModel'}, class NewModel extends Auto.PretrainedModel {
    vfunc_forward(cx, inputs, outputs) {
        const x = Auto.embedding(cx, 'embedding', inputs.get('input_ids'), 20, 4);
        outputs.set('last_hidden_state', Auto.linear(cx, 'dense', x, 6));
    }
});

const config = Auto.Config.from_pretrained(folder, null, null);
check('config', config.hidden_size === 16 && config.get_model_type() === 'bert');
check('properties', config.hiddenSize === 16 && config['hidden-size'] === 16);

const tokenizer = Auto.Tokenizer.from_pretrained(folder, null, null);
const encoding = tokenizer.encode('hello unaffable', null);
check('tokenizer', encoding.get_ids(0).join() === '2,8,13,14,15,3');
const split = tokenizer.encode_words(['hello', 'unaffable', 'one'], [2, 1], null, null, null, null);
check('words', split.get_ids(1).join() === '2,5,3' && split.get_word_ids(0).join() === '-1,0,1,1,1,-1');
const paired = tokenizer.encode_words(['hello', 'one'], [1, 1], ['two', 'words', 'two'], [1, 2], null, null);
check('pairs of words', paired.get_ids(1).join() === '2,5,3,7,6,3');

const model = Auto.ModelForSequenceClassification.from_pretrained(folder, null, null);
const output = model.forward(encoding.get_inputs(), null);
check('model', output.get('logits').get_shape().join() === '1,3');

Auto.Config.register('js-new-model', NewConfig.$gtype, false);
Auto.Model.register(NewConfig.$gtype, NewModel.$gtype, false);
const own = Auto.Model.from_config(new NewConfig());
const inputs = Auto.Inputs.new();
inputs.set('input_ids', Auto.Tensor.new_int64([1, 3], [1, 2, 3]));
check('own classes', own.forward(inputs, null).get('last_hidden_state').get_shape().join() === '1,3,6');

try {
    inputs.set('input_ids', Auto.Tensor.new_int64([1, 1], [99]));
    own.forward(inputs, null);
    check('error', false);
} catch (error) {
    check('error', error.message.includes('out of range'));
}

const loop = GLib.MainLoop.new(null, false);
Auto.Model.from_pretrained_async(folder, null, GLib.PRIORITY_DEFAULT, null, (_source, result) => {
    check('async', Auto.Model.from_pretrained_finish(result).count_parameters() > 0);
    loop.quit();
});
loop.run();
print(`1..${count}`);
