# SPDX-License-Identifier: LGPL-2.1-or-later
import json
import os
import sys
import tempfile
import unittest

import gi

gi.require_version("Auto", "1")
import gi.overrides  # noqa: E402

gi.overrides.__path__.insert(0, os.environ["AUTO_OVERRIDES"])
import numpy  # noqa: E402
from gi.repository import Auto, Gio, GLib  # noqa: E402

import small_model  # noqa: E402

TOKENIZERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "text", "tokenizers")


class NewConfig(Auto.PretrainedConfig):
    model_type = "new-model"
    hidden_size = 32
    vocab_size = 50


class NewModel(Auto.PretrainedModel):
    def do_forward(self, cx, inputs, outputs):
        c = self.config
        x = Auto.embedding(cx, "embedding", inputs.get("input_ids"), c.vocab_size, c.hidden_size)
        x = Auto.linear_act(cx, "dense", x, c.hidden_size, Auto.Activation.TANH)
        outputs.set("last_hidden_state", Auto.add(cx, x, x))


class Broken(Auto.PretrainedModel):
    def do_forward(self, cx, inputs, outputs):
        raise ValueError("no such luck")


class BrokenConfig(Auto.PretrainedConfig):
    model_type = "broken-model"


class Python(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.path = small_model.write(Auto, cls.folder.name)
        Auto.Config.register("new-model", NewConfig)
        Auto.Model.register(NewConfig, NewModel)

    def test_config(self):
        config = Auto.Config.from_pretrained(self.path, output_attentions=True)
        self.assertIsInstance(config, Auto.Config)
        self.assertEqual((config.hidden_size, config.output_attentions, config.num_labels), (16, True, 3))
        self.assertEqual(config.id2label, {0: "bad", 1: "good", 2: "so so"})
        self.assertEqual(config.to_dict()["hidden_dropout_prob"], 0.1)
        self.assertEqual(config.props.hidden_size, 16)
        config.hidden_size = 8
        self.assertEqual(json.loads(config.to_json_string())["hidden_size"], 8)
        with tempfile.TemporaryDirectory() as folder:
            config.save_pretrained(folder)
            self.assertEqual(Auto.Config.from_pretrained(folder).hidden_size, 8)
        with self.assertRaises(AttributeError):
            config.no_such_key

    def test_unused_keywords(self):
        config, unused = Auto.Config.from_pretrained(self.path, foo=False, hidden_act="relu", return_unused_kwargs=True)
        self.assertEqual((config.hidden_act, unused), ("relu", {"foo": False}))

    def test_model(self):
        model = Auto.ModelForSequenceClassification.from_pretrained(self.path)
        tokenizer = Auto.Tokenizer.from_pretrained(self.path)
        out = model(**tokenizer(["one", "two words"], padding=True))
        self.assertEqual(out.logits.shape, (2, 3))
        self.assertIsInstance(model, Auto.ModelForSequenceClassification)
        alone = model(**tokenizer("one"))
        numpy.testing.assert_allclose(alone.logits[0], out.logits[0], atol=1e-5)
        states = model(**tokenizer("one"), output_hidden_states=True).hidden_states
        self.assertEqual((len(states), states[0].shape), (3, (1, 3, 16)))
        self.assertEqual(model.config.num_labels, 3)

    def test_tokenizer(self):
        tokenizer = Auto.Tokenizer.from_pretrained(self.path)
        self.assertEqual(tokenizer("hello unaffable")["input_ids"], [2, 8, 13, 14, 15, 3])
        self.assertEqual(tokenizer.tokenize("unaffable"), ["un", "##aff", "##able"])
        self.assertEqual(tokenizer.decode([2, 8, 13, 14, 15, 3], skip_special_tokens=True), "hello unaffable")
        self.assertEqual(tokenizer("hello", return_offsets_mapping=True).offset_mapping, [(0, 0), (0, 5), (0, 0)])
        self.assertEqual(tokenizer.convert_tokens_to_ids(["hello", "love"]), [8, 10])
        self.assertEqual(tokenizer(["hello", "one two"], padding="max_length", max_length=5).attention_mask, [[1, 1, 1, 0, 0], [1, 1, 1, 1, 0]])
        self.assertEqual((len(tokenizer), tokenizer.vocab_size), (16, 16))
        for call in (tokenizer, tokenizer.tokenize, tokenizer.encode, lambda text: tokenizer(["hello", text])):
            with self.assertRaisesRegex(ValueError, "NUL"):
                call("hello\0love")

    def test_tables(self):
        folders = os.path.join(os.path.dirname(__file__), "..", "text", "tokenizers")
        asks, writes = (Auto.Tokenizer.from_pretrained(os.path.join(folders, name)) for name in ("tapas-raw", "tapex-cased"))
        actors = {"Actors": ["Brad Pitt", "Leonardo Di Caprio", "George Clooney"], "Age": ["56", "45", "59"], "Number of movies": ["87", "53", "69"],
                  "Date of birth": ["18 december 1963", "11 november 1974", "6 may 1961"]}
        questions = ["What is the name of the first actor?", "How many movies has he played in?"]
        made = asks(table=actors, queries=questions, padding=True, return_tensors="np")
        self.assertEqual(made["token_type_ids"].shape, (2, 103, 7))
        logits = numpy.array([[((i * 37 + row * 11) % 101 - 50) / 10 for i in range(103)] for row in range(2)], dtype=numpy.float32)
        logits[0, 0] = -500
        first = [(0, 2), (1, 0), (1, 1), (1, 3), (2, 0), (2, 1)]
        second = [(0, 0), (0, 2), (0, 3), (1, 1), (1, 2), (2, 0)]
        ways = numpy.array([[0.1, 2, 1, 0], [3, 3, 1, 0]], dtype=numpy.float32)
        self.assertEqual(asks.convert_logits_to_predictions(made, logits, ways), ([first, second], [1, 0]))
        self.assertEqual(asks.convert_logits_to_predictions(made, logits, cell_classification_threshold=0.7), ([[(0, 2)], [(1, 2)]],))
        with self.assertRaisesRegex(GLib.Error, "103 tokens"):
            asks.convert_logits_to_predictions(made, logits[:, :5])
        with open(os.path.join(folders, "tapas-raw", "cases.json"), encoding="utf-8") as file:
            cases = json.load(file)["cases"]
        for case in cases:
            made = asks(**case["kwargs"])
            for name in set(case["slow"]) - {"decoded"}:
                numpy.testing.assert_array_equal(made[name], numpy.array(case["slow"][name], dtype="float32" if "values" in name else "int64"))
        with open(os.path.join(folders, "tapex-cased", "cases.json"), encoding="utf-8") as file:
            cases = json.load(file)["cases"]
        for case in cases:
            if "error" not in case["slow"]:
                self.assertEqual(writes(**case["kwargs"])["input_ids"], case["slow"]["input_ids"])
        table = cases[0]["kwargs"]["table"]
        self.assertEqual(writes([table, table], "one").input_ids, [writes(table, "one").input_ids] * 2)
        for call in (lambda: asks("no table"), lambda: writes("no table"), lambda: asks(actors, "q", answer_coordinates=[(3, 0)], answer_text=["x"]),
                     lambda: asks(actors, "q", max_length=8, truncation=True), lambda: writes(actors, "q", truncation="drop_rows_to_fit"),
                     lambda: asks(actors, "q", truncation="only_first"), lambda: Auto.Table.new(["a", "b"], ["1"])):
            with self.assertRaises(GLib.Error):
                call()

    def test_speech(self):
        hears = Auto.Tokenizer.from_pretrained(os.path.join(TOKENIZERS, "whisper-raw"))
        first = hears.convert_tokens_to_ids("<|notimestamps|>") + 1
        self.assertEqual(hears.decode([first, 300, 301, first + 10], output_offsets=True).offsets, [{"text": " b d", "timestamp": (0.0, 0.2)}])
        text, more = hears._decode_asr([{"tokens": numpy.array([[first, 300, first + 20]]), "stride": (30.0, 0.0, 0.0)}], return_timestamps=True,
                                       return_language=None, time_precision=0.02)
        self.assertEqual((text, more), (" b", {"chunks": [{"text": " b", "timestamp": (0.0, 0.4)}]}))
        self.assertEqual((hears._normalize("It's twenty two"), hears._basic_normalize("\u00c4!", True)), ("it is 22", "a "))
        self.assertEqual([rank for rank, _ in hears.get_decoder_prompt_ids(language="german", task="transcribe")], [1, 2, 3])
        letters = Auto.Tokenizer.from_pretrained(os.path.join(TOKENIZERS, "wav2vec2-delimiters"))
        led = Auto.Tokenizer.from_pretrained(os.path.join(TOKENIZERS, "wav2vec2-delimiters"), add_prefix_space=True)
        self.assertEqual(led("ETA").input_ids, letters("ETA").input_ids)  # a setting that only other classes know
        heard = letters.batch_decode([[5, 5, 6], [7]], output_char_offsets=True)
        self.assertEqual((heard.text, heard.char_offsets[1]), (["E*", "A"], [{"char": "A", "start_offset": 0, "end_offset": 1}]))
        with self.assertRaises(TypeError):
            letters.decode([5], no_such_keyword=True)

    def test_pages(self):
        with open(os.path.join(TOKENIZERS, "layoutlmv3-raw", "cases.json"), encoding="utf-8") as file:
            cases = [case for case in json.load(file)["cases"] if "boxes" in case.get("kwargs", {}) and "set" not in case]
        self.assertGreater(len(cases), 3)
        for kind in ("fast", "slow"):
            tokenizer = Auto.Tokenizer.from_pretrained(os.path.join(TOKENIZERS, "layoutlmv3-raw"), use_fast=kind == "fast")
            for case in cases:
                if "input_ids" in case.get(kind, {}):
                    made = tokenizer(case["text"], case["pair"], **case["kwargs"])
                    for name in ("input_ids", "bbox", "labels"):
                        self.assertEqual(made.get(name), case[kind].get(name), (kind, case["id"], name))
        with open(os.path.join(TOKENIZERS, "..", "..", "goldens", "text", "page-calls.json"), encoding="utf-8") as file:
            cases = [case for case in json.load(file)["cases"] if case["folder"] == "layoutlmv3-raw"]
        for case in cases:
            tokenizer = Auto.Tokenizer.from_pretrained(os.path.join(TOKENIZERS, case["folder"]), use_fast=case["fast"])
            for name, value in case["set"].items():
                setattr(tokenizer.props, name, value)
            rows = ([" ".join(words) for words in case["text"]], case["pair"]) if case["pair"] else (case["text"],)
            made = tokenizer(*rows, **case["kwargs"])
            for name, expected in case["answer"].items():
                self.assertEqual(made[name], expected, (case["text"], name))
        alone = tokenizer(["hello", "you"], boxes=[[1, 2, 3, 4], [5, 6, 7, 8]], word_labels=[1, 2], max_length=4, truncation=True, return_overflowing_tokens=True)
        self.assertEqual((alone.overflowing_labels[-3:], alone.overflowing_token_boxes[-3:], alone.labels[:2]),
                         ([2, -100, -100], [[5, 6, 7, 8]] * 3, [-100, 1]))
        pairs = tokenizer.batch_encode_plus([("What?", ["hello"])], is_pair=True, boxes=[[[1, 2, 3, 4]]], return_tensors="np")
        self.assertEqual((pairs.bbox.shape[2], pairs.bbox[0, -2].tolist()), (4, [1, 2, 3, 4]))
        for wrong in ({"word_labels": [1]}, {"boxes": []}, {"boxes": [[1, 2, 3]]}, {"boxes": [[1, 2, 3, 2**63]]}, {"boxes": [[1, 2, 3, 4]], "word_labels": ["x"]}):
            with self.assertRaises(ValueError):
                tokenizer(["hello"], **wrong)
        with self.assertRaises(GLib.Error):
            tokenizer(["hello"], boxes=[[1, 2, 3, 4]], word_labels=[])

    def test_names(self):
        tokenizer = Auto.Tokenizer.from_pretrained(self.path)
        self.assertEqual((tokenizer.pad_token, tokenizer.pad_token_id, tokenizer.bos_token, tokenizer.bos_token_id), ("[PAD]", 0, None, None))
        self.assertEqual(tokenizer.all_special_tokens, ["[UNK]", "[SEP]", "[PAD]", "[CLS]", "[MASK]"])
        self.assertEqual(tokenizer.add_special_tokens({"bos_token": "<s>", "additional_special_tokens": ["<x>", "<y>"]}), 3)
        self.assertEqual((tokenizer.bos_token_id, tokenizer.all_special_ids, len(tokenizer)), (16, [16, 1, 3, 0, 2, 4, 17, 18], 19))
        self.assertEqual(tokenizer.add_special_tokens({"additional_special_tokens": ["<z>"]}, replace_additional_special_tokens=False), 1)
        self.assertEqual(tokenizer.special_tokens_map["additional_special_tokens"], ["<x>", "<y>", "<z>"])
        self.assertEqual(tokenizer.additional_special_tokens_ids, [17, 18, 19])
        tokenizer.padding_side = "left"
        self.assertEqual(tokenizer.batch_encode_plus(["one", "one two"], padding=True).input_ids, [[0, 2, 5, 3], [2, 5, 6, 3]])
        tokenizer.chat_template = "{{ tools[0] }} {{ messages[0].content }}"
        self.assertEqual(tokenizer.apply_chat_template([{"content": "hello"}], tools=["one"], tokenize=False), "one hello")
        self.assertEqual(tokenizer.apply_chat_template([], chat_template="{{ think }}", think=3, tokenize=False), "3")
        cased = Auto.Tokenizer.from_pretrained(self.path, do_lower_case=False, padding_side="left", pad_token="[MASK]", additional_special_tokens=["<x>"])
        self.assertEqual(cased(["Hello", "hello two<x>"], padding=True).input_ids, [[4, 4, 2, 1, 3], [2, 8, 6, 16, 3]])
        with self.assertRaisesRegex(ValueError, "no_token"):
            tokenizer.add_special_tokens({"no_token": "x"})

    def test_places(self):
        made = Auto.Tokenizer.from_pretrained(self.path)(["hello unaffable", "one"], ["i love", "two"])
        self.assertEqual((made.token_to_chars(0, 3), made.token_to_chars(0), made.char_to_token(0, 8), made.char_to_token(0, 2, 1)), ((8, 11), None, 3, 7))
        self.assertEqual((made.char_to_word(0, 8), made.char_to_token(0, 5)), (1, None))
        self.assertEqual((made.word_to_tokens(0, 1), made.word_to_tokens(1, 0, 1), made.word_to_tokens(5)), ((2, 5), (3, 4), None))
        self.assertEqual((made.word_to_chars(0, 1), made.word_to_chars(0, 1, 1)), ((6, 15), (2, 6)))
        self.assertEqual((made.token_to_word(0, 4), made.token_to_sequence(0, 7), made.token_to_sequence(0, 0)), (1, 1, None))
        made = Auto.Tokenizer.from_pretrained(self.path)("\u00fc hello", return_offsets_mapping=True)
        self.assertEqual((made.offset_mapping[2], made.byte_offsets()[2]), ((2, 7), (3, 8)))

    def test_wrong_calls(self):
        tokenizer = Auto.Tokenizer.from_pretrained(self.path)
        for error, call in (("no_option is no option", lambda: tokenizer("one", no_option=1)), ("'max_length'", lambda: tokenizer("one", padding="wide")),
                            ("'only_first'", lambda: tokenizer("one", truncation="wide")), ("3 is no text", lambda: tokenizer(3)),
                            ("needs text", lambda: tokenizer()), ("None is no text", lambda: tokenizer(["one", None])),
                            ("max_length=-3", lambda: tokenizer("one", max_length=-3)), ("list of as many texts", lambda: tokenizer("one", ["two"])),
                            ("is_split_into_words", lambda: tokenizer([["one", "two"], ["one"]])),
                            ("list of messages", lambda: tokenizer.apply_chat_template("one")), ("list of as many", lambda: tokenizer(["one", "two"], "ab"))):
            with self.assertRaisesRegex((TypeError, ValueError), error):
                call()

    def test_ids(self):
        tokenizer = Auto.Tokenizer.from_pretrained(self.path)
        self.assertEqual((tokenizer.num_special_tokens_to_add(), tokenizer.num_special_tokens_to_add(True)), (2, 3))
        self.assertEqual(tokenizer.build_inputs_with_special_tokens([8], [13, 14]), [2, 8, 3, 13, 14, 3])
        self.assertEqual(tokenizer.create_token_type_ids_from_sequences([8], [13, 14]), [0, 0, 0, 1, 1, 1])
        self.assertEqual(tokenizer.get_special_tokens_mask([8], [13]), [1, 0, 1, 0, 1])
        self.assertEqual(tokenizer.get_special_tokens_mask([2, 8, 13, 3], already_has_special_tokens=True), [1, 0, 0, 1])
        with self.assertRaisesRegex(GLib.Error, "second text"):
            tokenizer.get_special_tokens_mask([2, 8, 3], [13], already_has_special_tokens=True)
        self.assertEqual(tokenizer.batch_decode([[2, 8, 3], [13, 14, 15]], skip_special_tokens=True), ["hello", "unaffable"])
        made = tokenizer.prepare_for_model([13, 14, 15], [8], truncation="only_first", max_length=5, return_overflowing_tokens=True)
        self.assertEqual((made.input_ids, made.token_type_ids), ([2, 13, 3, 8, 3], [0, 0, 0, 1, 1]))
        self.assertEqual((made.overflowing_tokens, made.num_truncated_tokens), ([14, 15], 2))
        with self.assertRaisesRegex(GLib.Error, "-5"):
            tokenizer.prepare_for_model([-5])
        with self.assertRaisesRegex(GLib.Error, "knows no languages"):
            tokenizer.get_lang_id("fr")

    def test_pad(self):
        tokenizer = Auto.Tokenizer.from_pretrained(self.path)
        rows = [{**tokenizer("hello"), "labels": 1}, {**tokenizer("unaffable hello"), "labels": 0}]
        padded = tokenizer.pad(rows, return_tensors="np")
        self.assertEqual(padded.input_ids.tolist(), [[2, 8, 3, 0, 0, 0], [2, 13, 14, 15, 8, 3]])
        self.assertEqual(padded.attention_mask.tolist(), [[1, 1, 1, 0, 0, 0], [1, 1, 1, 1, 1, 1]])
        self.assertEqual(padded.labels.tolist(), [1, 0])
        self.assertEqual(tokenizer.pad({"input_ids": [[2, 3], [2]]}, pad_to_multiple_of=4).input_ids, [[2, 3, 0, 0], [2, 0, 0, 0]])
        self.assertEqual(tokenizer.pad({"input_ids": [2, 3]}, padding="max_length", max_length=3), {"input_ids": [2, 3, 0], "attention_mask": [1, 1, 0]})
        self.assertEqual(tokenizer.pad({"input_ids": [[2, 3], [2]]}, padding=False).input_ids, [[2, 3], [2]])
        self.assertEqual(tokenizer.pad({"input_ids": [[2, 8, 3], [], [2]]}, padding="max_length", max_length=2).input_ids, [[2, 8, 3], [0, 0], [2, 0]])
        with self.assertRaisesRegex(GLib.Error, "attention_mask"):
            tokenizer.pad({"input_ids": [[2, 3], [2]], "attention_mask": [[1], [1]]})
        with self.assertRaisesRegex(GLib.Error, "different lengths"):
            tokenizer.pad({"input_ids": [[2, 3], [2]]}, padding=False, return_tensors="np")

    def test_words(self):
        tokenizer = Auto.Tokenizer.from_pretrained(self.path)
        made = tokenizer(["unaffable", "hello"], is_split_into_words=True)
        self.assertEqual((made.input_ids, made.word_ids()), ([2, 13, 14, 15, 8, 3], [None, 0, 0, 0, 1, None]))
        rows, pairs = [["hello", "love"], ["unaffable"]], [["love"], ["hello", "hello"]]
        self.assertEqual(tokenizer(rows, is_split_into_words=True).input_ids, [[2, 8, 10, 3], [2, 13, 14, 15, 3]])
        self.assertEqual(tokenizer(rows, pairs, is_split_into_words=True).input_ids, [[2, 8, 10, 3, 10, 3], [2, 13, 14, 15, 3, 8, 8, 3]])

    def test_candidates(self):
        tokenizer = Auto.Tokenizer.from_pretrained(self.path)
        made = tokenizer.batch_encode_candidates([["hello", "love"], ["unaffable", "hello hello"]], max_length=5)
        self.assertEqual(made.input_ids.tolist(), [[[2, 8, 3, 0, 0], [2, 10, 3, 0, 0]], [[2, 13, 14, 15, 3], [2, 8, 8, 3, 0]]])
        self.assertEqual(made.attention_mask.shape, (2, 2, 5))
        for wrong in ([["hello", "love"], ["hello"]], [["hello"], ["hello hello hello hello"]]):
            with self.assertRaises(GLib.Error):
                tokenizer.batch_encode_candidates(wrong, max_length=3)

    def test_tokenizer_of_two(self):
        tokenizer = Auto.Tokenizer.from_pretrained(os.path.join(TOKENIZERS, "rag-raw"))
        self.assertEqual(tokenizer.generator.props.class_name, "BartTokenizer")
        self.assertEqual(tokenizer("Hello").input_ids, [4, 584, 5])
        tokenizer._switch_to_target_mode()
        self.assertEqual(tokenizer("Hello").input_ids, [0, 504, 2])
        tokenizer._switch_to_input_mode()
        self.assertEqual(tokenizer.batch_decode([[0, 20, 300, 2], [0, 40, 2]], skip_special_tokens=True), ["1 o", "E"])
        made = tokenizer.prepare_seq2seq_batch(["The quick brown fox jumps over the lazy dog."], ["Hello"], max_length=12, max_target_length=3)
        self.assertEqual(made.input_ids, [[4, 621, 611, 26, 444, 233, 506, 31, 576, 40, 241, 5]])
        self.assertEqual(made.labels, [[4, 584, 5]])

    def test_song(self):
        tokenizer = Auto.Tokenizer.from_pretrained(os.path.join(TOKENIZERS, "jukebox-raw"))
        made = tokenizer("The Beatles", "Pop_Rock", lyrics="x")
        self.assertEqual([row.tolist() for row in made.input_ids],
                         [[[0, 0, 0, 1, 0, -1, -1, -1, -1, 50]], [[0, 0, 0, 3, 3, 4, -1, -1, -1]], [[0, 0, 0, 3, 3, 4, -1, -1, -1]]])
        self.assertEqual(made.attention_masks, [])
        for wrong in ((["x"], {}), (["a", "b", "c"], {"padding": True})):
            with self.assertRaisesRegex(GLib.Error, "song"):
                tokenizer(*wrong[0], **wrong[1])
        with self.assertRaisesRegex(GLib.Error, "songs"):
            Auto.Tokenizer.from_pretrained(self.path)("hello", artist="The Beatles")

    def test_more_numbers_of_tokens(self):
        tokenizer = Auto.Tokenizer.from_pretrained(os.path.join(TOKENIZERS, "roc_bert-raw"))
        made = tokenizer(["", "the"])
        self.assertEqual([len(row) for row in made.input_shape_ids], [2, 3])
        self.assertEqual(made.input_pronunciation_ids[0], [27, 27])

    def test_token_rows(self):
        with open(os.path.join(TOKENIZERS, "..", "..", "goldens", "text", "token-rows.json"), encoding="utf-8") as file:
            cases = json.load(file)
        for case in cases:  # with the reference's arguments
            tokenizer = Auto.Tokenizer.from_pretrained(os.path.join(TOKENIZERS, case["folder"]), use_fast=False, **case.get("load", {}))
            if "ids" in case:
                self.assertEqual(dict(tokenizer.prepare_for_model(**case["ids"], **case["keywords"])), case["expected"])
            elif "tokens" in case:
                self.assertEqual([tokenizer.convert_tokens_to_shape_ids(case["tokens"]), tokenizer.convert_tokens_to_pronunciation_ids(case["tokens"])],
                                 list(case["expected"].values()))
            elif case["folder"] != "tapas-raw":  # whose numbers may be NaN
                rows = [dict(tokenizer(**{name: [tuple(span) for span in value] if name == "entity_spans" else value for name, value in call.items()}))
                        for call in case["calls"]]
                self.assertEqual(dict(tokenizer.pad(rows, **case["pad"])), case["expected"])

    def test_chat_template(self):
        tokenizer = Auto.Tokenizer.from_pretrained(self.path)
        messages = [{"role": "user", "content": "hello ."}]
        template = "{{ cls_token }}{% for m in messages %}{{ m['content'] }}{% endfor %}{{ end }}{% if add_generation_prompt %} i{% endif %}"
        self.assertEqual(tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True),
                         "<|im_start|>user\nhello .<|im_end|>\n<|im_start|>assistant\n")
        self.assertEqual(tokenizer.apply_chat_template(messages, template), [2, 8, 12])
        self.assertEqual(tokenizer.apply_chat_template(messages, template, True, padding="max_length", max_length=6), [2, 8, 12, 9, 0, 0])
        self.assertEqual(tokenizer.apply_chat_template(messages, template, tokenize=False, template_variables={"end": "!"}), "[CLS]hello .!")
        self.assertEqual(tokenizer.apply_chat_template(messages, template, return_tensors="np").shape, (1, 3))
        self.assertIsNone(tokenizer.props.chat_template)
        with self.assertRaisesRegex(GLib.Error, "chat_template"):
            tokenizer.apply_chat_template(messages, "{% for %}")

    def test_pipeline(self):
        answer = Auto.pipeline("text-classification", self.path)("I love this.", top_k=3)
        self.assertEqual(sorted(item["label"] for item in answer), ["bad", "good", "so so"])
        self.assertAlmostEqual(sum(item["score"] for item in answer), 1, places=5)

    def test_own_classes(self):
        model = Auto.Model.from_config(NewConfig(hidden_size=8))
        self.assertEqual(model.list_weights(), ["embedding.weight", "dense.weight", "dense.bias"])
        states = model(input_ids=[[1, 2, 3]]).last_hidden_state
        embedding, dense = (model.get_weight(name).numpy() for name in ("embedding.weight", "dense.weight"))
        numpy.testing.assert_allclose(states[0], 2 * numpy.tanh(embedding[[1, 2, 3]] @ dense.T), atol=1e-5)
        with tempfile.TemporaryDirectory() as folder:
            model.save_pretrained(folder)
            again = Auto.Model.from_pretrained(folder)
            numpy.testing.assert_array_equal(again(input_ids=[[1, 2, 3]]).last_hidden_state, states)

    def test_errors(self):
        model = Auto.ModelForSequenceClassification.from_pretrained(self.path)
        for arguments, message in (({"input_ids": [[99]]}, "out of range"), ({"input_ids": [[5]], "atention_mask": [[1]]}, "atention_mask")):
            with self.assertRaisesRegex(GLib.Error, message):
                model(**arguments)
        with self.assertRaisesRegex(GLib.Error, "no-such-folder"):
            Auto.Model.from_pretrained("./no-such-folder", local_files_only=True)
        Auto.Config.register("broken-model", BrokenConfig)
        Auto.Model.register(BrokenConfig, Broken)
        with self.assertRaisesRegex(GLib.Error, "no such luck"):
            Auto.Model.from_config(BrokenConfig())

    def test_async(self):
        loop, got = GLib.MainLoop(), []

        def done(source, result):
            got.append(Auto.ModelForSequenceClassification.from_pretrained_finish(result))
            loop.quit()

        Auto.ModelForSequenceClassification.from_pretrained_async(self.path, None, GLib.PRIORITY_DEFAULT, None, done)
        loop.run()
        self.assertIsInstance(got[0], Auto.ModelForSequenceClassification)

    def test_cancelled(self):
        cancellable = Gio.Cancellable()
        cancellable.cancel()
        model = Auto.ModelForSequenceClassification.from_pretrained(self.path)
        with self.assertRaises(GLib.Error) as caught:
            model(input_ids=[[5]], cancellable=cancellable)
        self.assertTrue(caught.exception.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))

    def test_generation(self):
        config = Auto.Config.for_model("gpt2", n_embd=16, n_layer=2, n_head=2, n_positions=40, vocab_size=50, bos_token_id=1, eos_token_id=2)
        model, other = (Auto.ModelForCausalLM.from_config(config) for _ in range(2))
        ids = [[5, 6, 7, 5, 6]]
        plain = model.generate(ids, max_new_tokens=12)
        for extra in ({"assistant_model": other}, {"assistant_model": model}, {"prompt_lookup_num_tokens": 3}):
            self.assertEqual(model.generate(ids, max_new_tokens=12, **extra).tolist(), plain.tolist())
        with self.assertRaises(GLib.Error):
            model.generate(ids, max_new_tokens=3, assistant_model=other, num_beams=2)
        # what one call sets, and what its caller passes, is as it was for the next
        settings = model.get_generation_config()
        model.generate(ids, generation_config=settings, num_beams=3, max_new_tokens=2)
        self.assertEqual(settings.get_int("num_beams", 1), 1)
        result = model.generate(ids, max_new_tokens=3, eos_token_id=49, output_hidden_states=True, output_attentions=True, output_scores=True,
                                return_dict_in_generate=True)
        self.assertEqual([len(layers) for layers in result.hidden_states], [3, 3, 3])
        self.assertEqual([layers[0].shape for layers in result.attentions], [(1, 2, 5, 5), (1, 2, 1, 6), (1, 2, 1, 7)])
        self.assertEqual([scores.shape for scores in result.scores], [(1, 50)] * 3)
        self.assertIsNone(result.cross_attentions)

    def test_long_sound(self):
        config = Auto.Config.for_model("whisper", vocab_size=70, num_mel_bins=4, d_model=8, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2,
                                       decoder_attention_heads=2, encoder_ffn_dim=8, decoder_ffn_dim=8, max_source_positions=10, max_target_positions=40,
                                       pad_token_id=1, bos_token_id=3, eos_token_id=2, decoder_start_token_id=4, begin_suppress_tokens=[2])
        model = Auto.ModelForSpeechSeq2Seq.from_config(config)
        sound = numpy.random.default_rng(1).standard_normal((1, 4, 70)).astype("float32")
        streamer, heard = Auto.Streamer.new(), []
        streamer.connect("segment", lambda streamer, row, segment: heard.append((row, segment.get_start(), segment.get_end())))
        result = model.generate(input_features=sound, no_timestamps_token_id=58, lang_to_id={"<|en|>": 5}, task_to_id={"transcribe": 6}, language="en",
                                temperature=[0.0, 0.4], compression_ratio_threshold=1.5, max_length=16, streamer=streamer, return_segments=True)
        segments = result.segments[0]
        self.assertGreater(len(segments), 1)
        self.assertEqual([(0, segment.get_start(), segment.get_end()) for segment in segments], heard)
        self.assertEqual(sum((segment.get_tokens().numpy().tolist() for segment in segments), []), result.sequences[0].tolist())


class Tap(unittest.TextTestResult):
    """Test Anything Protocol."""

    count = 0

    def say(self, good, test, reason=""):
        Tap.count += 1
        print(f"{'ok' if good else 'not ok'} {Tap.count} {test.id().split('.')[-1]}{reason}", flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.say(True, test)

    def addError(self, test, error):
        super().addError(test, error)
        self.say(False, test)

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.say(False, test)


if __name__ == "__main__":
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(Python)
    print(f"1..{suite.countTestCases()}", flush=True)
    result = unittest.TextTestRunner(stream=sys.stderr, resultclass=Tap).run(suite)
    sys.exit(not result.wasSuccessful())
