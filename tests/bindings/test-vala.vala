// SPDX-License-Identifier: LGPL-2.1-or-later
class NewConfig : Auto.PretrainedConfig {
}

class NewModel : Auto.PretrainedModel {
	public override void forward (Auto.Context cx, Auto.Inputs inputs, Auto.ModelOutput outputs) {
		unowned Auto.Tensor? x = Auto.embedding (cx, "embedding", inputs.get ("input_ids"), 20, 4);
		outputs.set ("last_hidden_state", Auto.linear (cx, "dense", x, 6));
	}
}

int count = 0;

void check (string name, bool truth) {
	count++;
	print ("%s %d %s\n", truth ? "ok" : "not ok", count, name);
	if (!truth)
		Process.exit (1);
}

int main (string[] args) {
	try {
		var config = Auto.Config.from_pretrained (args[1], null, null);
		int hidden_size;
		((Object) config).get ("hidden-size", out hidden_size);
		check ("config", hidden_size == 16 && config.get_model_type () == "bert");

		var tokenizer = Auto.Tokenizer.from_pretrained (args[1], null, null);
		var encoding = tokenizer.encode ("hello unaffable", null);
		check ("tokenizer", encoding.get_ids (0).length == 6);

		var model = Auto.ModelForSequenceClassification.from_pretrained (args[1], null, null);
		var output = model.forward (encoding.get_inputs (), null);
		check ("model", output.get ("logits").get_n_elements () == 3);

		Auto.Config.register ("vala-new-model", typeof (NewConfig), false);
		Auto.Model.register (typeof (NewConfig), typeof (NewModel), false);
		var own = Auto.Model.from_config (new NewConfig ());
		var inputs = new Auto.Inputs ();
		inputs.set ("input_ids", new Auto.Tensor.int64 ({1, 3}, {1, 2, 3}));
		check ("own classes", own.forward (inputs, null).get ("last_hidden_state").get_n_elements () == 18);
		inputs.set ("input_ids", new Auto.Tensor.int64 ({1, 1}, {99}));
		try {
			own.forward (inputs, null);
			check ("error", false);
		} catch (Error error) {
			check ("error", "out of range" in error.message);
		}
	} catch (Error error) {
		print ("not ok %d %s\n", count + 1, error.message);
		return 1;
	}
	print ("1..%d\n", count);
	return 0;
}
