// SPDX-License-Identifier: LGPL-2.1-or-later
// What tokens is a text made of?  valac --pkg auto-1 tokens.vala && ./tokens MODEL TEXT
int main (string[] args) {
	try {
		var tokenizer = Auto.Tokenizer.from_pretrained (args[1], null, null);
		var encoding = tokenizer.encode (args[2], null);
		var tokens = encoding.get_tokens (0);
		var ids = encoding.get_ids (0);
		for (int i = 0; i < ids.length; i++)
			print ("%8lld  %s\n", ids[i], tokens[i]);
		return 0;
	} catch (Error error) {
		stderr.printf ("%s\n", error.message);
		return 1;
	}
}
