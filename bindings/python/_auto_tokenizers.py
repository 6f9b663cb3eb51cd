# SPDX-License-Identifier: LGPL-2.1-or-later
"""Tokenizers with the reference's signatures."""
from gi.overrides._auto_names import BatchEncoding, name_attributes
from gi.overrides._auto_values import Auto, from_node, load_options, to_node, to_numpy, to_tensor
from gi.repository import Gio, GLib

_PADDING = {False: "NO", True: "LONGEST", "longest": "LONGEST", "max_length": "MAX_LENGTH", "do_not_pad": "NO", None: "NO"}
_TRUNCATION = {None: "UNSET", False: "NO", True: "LONGEST_FIRST", "longest_first": "LONGEST_FIRST", "only_first": "ONLY_FIRST",
               "only_second": "ONLY_SECOND", "do_not_truncate": "NO", "drop_rows_to_fit": "DROP_ROWS_TO_FIT"}


def _row_values(encoding, name, row):
    if name == "offset_mapping":
        flat = encoding.get_offsets(row)
        return [(flat[2 * i], flat[2 * i + 1]) for i in range(len(flat) // 2)]
    if name == "length":
        return encoding.get_length(row)
    if name == "overflow_to_sample_mapping":
        return encoding.get_sample(row)
    if name in ("token_type_ids", "bbox", "overflowing_token_boxes", "labels", "numeric_values", "numeric_values_scale") or name.startswith("entity_"):
        return to_numpy(encoding.get_row_tensor(name, row)).tolist()
    if name == "num_truncated_tokens":
        return to_numpy(encoding.get_tensor(name))[row].tolist()
    return list(encoding.get_column(name, row))


def _is_table(value):
    return isinstance(value, (Auto.Table, dict)) or hasattr(value, "iterrows")


def _table(value):
    """A table of a pandas.DataFrame, or of a dictionary of columns."""
    if isinstance(value, Auto.Table):
        return value
    columns = [str(name) for name in value] if isinstance(value, dict) else [str(name) for name in value.columns]
    if isinstance(value, dict) and len({len(column) for column in value.values()}) > 1:
        raise ValueError(f"a table's columns have one length; given are {', '.join(f'{name}: {len(column)}' for name, column in value.items())}")
    rows = list(zip(*value.values())) if isinstance(value, dict) else value.values.tolist()
    cells = [cell if isinstance(cell, str) else str(cell) for row in rows for cell in row]
    _refuse_nul(columns + cells)
    return Auto.Table.new(columns, cells)


def _answers(name, value):
    """The answers of one question or of many."""
    places = name == "answer_coordinates"
    batch = len(value) > 0 and not isinstance(value[0], str) and (not places or len(value[0]) == 0 or not isinstance(value[0][0], int))
    rows = value if batch else [value]
    return GLib.Variant("aa(xx)", [[tuple(place) for place in row] for row in rows]) if places else GLib.Variant("aas", [list(row) for row in rows])


def _ask(self, table, question, answer, text, text_pair, keywords):
    """A call about a table, or about several; an answer alone is what the model is to make."""
    if _is_table(text) or (isinstance(text, (list, tuple)) and len(text) > 0 and _is_table(text[0])):
        table, text, text_pair = text, text_pair, None
    text = text if question is None else question
    if table is None:
        return self(answer, as_target=True, **keywords)
    if _is_table(table):
        return self("" if text is None else text, text_pair, _table=_table(table), **keywords)
    tables = Gio.ListStore.new(Auto.Table)
    for item in table:
        tables.append(_table(item))
    texts = [text or ""] * len(table) if text is None or isinstance(text, str) else text
    return self(texts, text_pair, _tables=tables, **keywords)


def _entities(name, value):
    """Spans, or names, of one text or of many."""
    spans = name.startswith("entity_spans")
    batch = len(value) > 0 and (not isinstance(value[0], str) if not spans else isinstance(value[0], list))
    return GLib.Variant("aa(xx)" if spans else "aas", value if batch else [value])


def _named(choices, names, option, value):
    """A choice by the reference's name of it."""
    if isinstance(value, choices):
        return value
    if value not in names:
        raise ValueError(f"{option}={value!r}: give one of {', '.join(repr(name) for name in names)}")
    return getattr(choices, names[value])


def _choice(value):
    return Auto.Choice.DEFAULT if value is None else Auto.Choice.YES if value else Auto.Choice.NO


def _tokenizer_options(keywords):
    options = Auto.TokenizerOptions.new()
    for name, value in keywords.items():
        if name == "padding":
            value = _named(Auto.Padding, _PADDING, name, value)
        elif name == "truncation":
            value = _named(Auto.Truncation, _TRUNCATION, name, value)
        elif name in ("return_token_type_ids", "return_attention_mask"):
            value = _choice(value)
        elif value is None:
            continue
        elif name in ("entity_spans", "entity_spans_pair", "entities", "entities_pair"):
            value = _entities(name, value)
        elif name in ("answer_coordinates", "answer_text"):
            value = _answers(name, value)
        spec = options.find_property(name.lstrip("_"))
        if spec is None:
            known = ", ".join(spec.name.replace("-", "_") for spec in options.list_properties())
            raise TypeError(f"{name} is no option of a tokenizer's call; there are {known}")
        if isinstance(value, int) and hasattr(spec, "minimum") and not spec.minimum <= value <= spec.maximum:
            raise ValueError(f"{name}={value} is out of range; the least is {spec.minimum}")
        options.set_property(name.lstrip("_"), value)
    return options


def _refuse_nul(value):
    """A NUL would hide what follows it from the library."""
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError("a text can't hold a NUL character; take it out or put U+FFFD in its place")
    elif value is not None:
        if not hasattr(value, "__iter__"):
            raise TypeError(f"{value!r} is no text; give a str, or a list of these")
        for item in value:
            if item is None:
                raise TypeError("None is no text; give a str")
            _refuse_nul(item)


def _encode_words(tokenizer, rows, pairs, options, cancellable):
    words, counts = ([[word for row in some for word in row] for some in (rows, pairs or [])], [[len(row) for row in some] for some in (rows, pairs or [])])
    return tokenizer.encode_words(words[0], counts[0], pairs and words[1], pairs and counts[1], options, cancellable)


def _overflows(self, keywords):
    """Whether a text may make several rows: what a Python class cuts off makes none."""
    return bool(keywords.get("return_overflowing_tokens")) and (not self.find_property("is-fast") or self.is_fast)


def _page_call(self, text, text_pair, boxes, word_labels, return_tensors, cancellable, keywords):
    """Words of a page, or of several, with their boxes, behind a question or alone."""
    words = text if text_pair is None else text_pair
    batch = len(words) > 0 and not isinstance(words[0], str)
    if batch and text_pair is not None and isinstance(text, str):
        raise ValueError("text is one question for several pages; give a list of as many")
    if batch and text_pair is not None and len(text) != len(words):
        raise ValueError(f"there are {len(text)} questions for {len(words)} pages; give one for each")
    cut = str.split if self.is_fast else lambda question: [question]  # a Python class cuts the question itself
    pages, places, labels = (words, boxes, word_labels) if batch else ([words], [boxes], None if word_labels is None else [word_labels])
    if len(places) != len(pages) or any(len(some) != len(page) for some, page in zip(places, pages)):
        raise ValueError("boxes: give one for each word, in a list for each page")
    given = {**keywords, "_boxes": _numbers("aa(xxxx)", [[tuple(int(i) for i in box) for box in page] for page in places])}
    if labels is not None:
        given["_word_labels"] = _numbers("aax", [[int(i) for i in page] for page in labels])
    pages = [list(page) for page in pages]
    questions = None if text_pair is None else [cut(question) for question in (text if batch else [text])]
    encoding = _encode_words(self, pages if questions is None else questions, None if questions is None else pages, _tokenizer_options(given), cancellable)
    return _batch_encoding(encoding, return_tensors, not batch and not _overflows(self, keywords))


def _numbers(kind, lists):
    try:
        return GLib.Variant(kind, lists)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"a box has four whole numbers of 64 bits, a label one: {error}") from None


def _song_call(self, names, parts, keywords):
    """What a tokenizer takes that isn't texts alone: the last part is the text. A list of arrays, one for each of several models."""
    import numpy
    given = dict(zip(names, parts))
    given.update({name: keywords.pop(name) for name in names if name in keywords})
    keywords.pop("return_tensors", None)
    _refuse_nul([part for part in given.values() if part is not None])
    text = given.pop(names[-1], "")
    encoding = self.encode_batch([text], None, _tokenizer_options({**given, **keywords}), None)
    rows = [numpy.array([encoding.get_ids(row)]) for row in range(encoding.get_n_rows())]
    return BatchEncoding({"input_ids": rows, "attention_masks": []}, encoding)


def _tokenize_call(self, text=None, text_pair=None, *parts, text_target=None, table=None, queries=None, query=None, answer=None, boxes=None,
                   word_labels=None, return_tensors=None, return_attention_mask=None, verbose=None, cancellable=None, **keywords):
    names = self.props.call_names if self.find_property("call-names") else ["text", "text_pair"]
    if names[0] != "text":
        return _song_call(self, names, [part for part in (text, text_pair, *parts) if part is not None], keywords)
    if parts:
        raise TypeError("a tokenizer takes a text and another; other arguments have names")
    if table is not None or answer is not None or _is_table(text) or (isinstance(text, (list, tuple)) and len(text) > 0 and _is_table(text[0])):
        same = {"return_tensors": return_tensors, "return_attention_mask": return_attention_mask, "cancellable": cancellable, **keywords}
        return _ask(self, table, query if queries is None else queries, answer, text, text_pair, same)
    if text_target is not None:
        same = {"return_tensors": return_tensors, "return_attention_mask": return_attention_mask, "cancellable": cancellable, **keywords}
        target = self(text_target, as_target=True, **same)
        if text is None:
            return target
        made = self(text, text_pair, **same)
        made["labels"] = target["input_ids"]
        return made
    if text is None:
        raise ValueError("a tokenizer needs text, or text_target")
    _refuse_nul(text)
    _refuse_nul(text_pair)
    if word_labels is not None and boxes is None:
        raise ValueError("word_labels are of words that have boxes; give boxes too")
    if boxes is not None:
        return _page_call(self, text, text_pair, boxes, word_labels, return_tensors, cancellable,
                          {"return_attention_mask": return_attention_mask, **keywords})
    options = _tokenizer_options({"return_attention_mask": return_attention_mask, **keywords})
    split = keywords.get("is_split_into_words")
    batch = isinstance(text, (list, tuple)) and (not split or (len(text) > 0 and isinstance(text[0], (list, tuple))))
    texts = list(text) if batch else [text]
    if batch and isinstance(text_pair, str):
        raise ValueError("text_pair is one text for a list of texts; give a list of as many")
    if not batch and not split and isinstance(text_pair, (list, tuple)):
        raise ValueError("text_pair is a list of texts for one text; give a list of as many texts")
    if not split and batch and texts and isinstance(texts[0], (list, tuple)):
        if any(len(pair) != 2 for pair in texts):
            raise ValueError("a list of lists is one of pairs; for words, set is_split_into_words=True")
        texts, text_pair = [pair[0] for pair in texts], [pair[1] for pair in texts]
    pairs = None if text_pair is None else list(text_pair) if batch else [text_pair]
    encoding = _encode_words(self, texts, pairs, options, cancellable) if split else self.encode_batch(texts, pairs, options, cancellable)
    return _batch_encoding(encoding, return_tensors, not batch and not _overflows(self, keywords))


def _batch_encode(self, batch_text_or_text_pairs, is_pair=None, **keywords):
    """Rows; of pages behind questions pairs of these."""
    rows = list(batch_text_or_text_pairs)
    if is_pair and keywords.get("boxes") is not None:
        return _tokenize_call(self, [question for question, _ in rows], [words for _, words in rows], **keywords)
    return _tokenize_call(self, rows, **keywords)


def _batch_encoding(encoding, return_tensors, alone):
    names = encoding.get_names()
    if return_tensors is not None:
        return BatchEncoding({name: to_numpy(encoding.get_tensor(name)) for name in names}, encoding)
    rows = range(encoding.get_n_rows())
    data = {name: [_row_values(encoding, name, row) for row in rows] for name in names}
    if alone:
        data = {name: values[0] for name, values in data.items()}
    return BatchEncoding(data, encoding)


_tokenizer_from_pretrained, _decode = Auto.Tokenizer.from_pretrained, Auto.Tokenizer.decode
_convert_tokens, _convert_ids, _add_tokens, _tokenize = (Auto.Tokenizer.convert_tokens_to_ids, Auto.Tokenizer.convert_ids_to_tokens,
                                                         Auto.Tokenizer.add_tokens, Auto.Tokenizer.tokenize)
_chat_text, _predict = Auto.Tokenizer.apply_chat_template, Auto.PretrainedTokenizer.convert_logits_to_predictions
_prepare, _build_inputs, _create_types, _special_mask, _n_special, _batch_decode, _pad_rows, _candidates = (
    Auto.Tokenizer.prepare_for_model, Auto.Tokenizer.build_inputs_with_special_tokens, Auto.Tokenizer.create_token_type_ids_from_sequences,
    Auto.Tokenizer.get_special_tokens_mask, Auto.Tokenizer.num_special_tokens_to_add, Auto.Tokenizer.batch_decode, Auto.Tokenizer.pad,
    Auto.Tokenizer.batch_encode_candidates)


class Decoded(dict):
    """A text and what was asked for beside it, as items and attributes."""

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


_decode_with_options = Auto.Tokenizer.decode_with_options


def _decode_options(keywords):
    options = Auto.DecodeOptions.new()
    for name, value in keywords.items():
        if name in ("clean_up_tokenization_spaces", "spaces_between_special_tokens"):
            value = _choice(value)
        elif name == "return_timestamps":
            value = Auto.Timestamps.WORD if value == "word" else Auto.Timestamps.YES if value else Auto.Timestamps.NO
        if value is not None:
            options.set_property(name.replace("_", "-"), value)
    return options


def _decode_ids(self, token_ids, skip_special_tokens=False, clean_up_tokenization_spaces=None, **keywords):
    """A text; a Decoded where keywords ask for more, such as output_word_offsets."""
    ids = [int(token_ids)] if not hasattr(token_ids, "__len__") else [int(i) for i in token_ids]
    if not keywords:
        return _decode(self, ids, skip_special_tokens, _choice(clean_up_tokenization_spaces))
    options = _decode_options({"skip_special_tokens": skip_special_tokens, "clean_up_tokenization_spaces": clean_up_tokenization_spaces, **keywords})
    answer = from_node(_decode_with_options(self, ids, options))
    return answer["text"] if len(answer) == 1 else Decoded(_with_times(answer))


def _with_times(answer):
    """Times are tuples."""
    for piece in answer.get("offsets", []) + answer.get("chunks", []):
        if "timestamp" in piece:
            piece["timestamp"] = tuple(piece["timestamp"])
    return answer


def _decode_rows(self, sequences, skip_special_tokens=False, clean_up_tokenization_spaces=None, **keywords):
    rows = [[int(i) for i in row] for row in sequences]
    if not keywords:
        return _batch_decode(self, [i for row in rows for i in row], [len(row) for row in rows], skip_special_tokens, _choice(clean_up_tokenization_spaces))
    answers = [_decode_ids(self, row, skip_special_tokens, clean_up_tokenization_spaces, **keywords) for row in rows]
    if not any("char_offsets" in answer or "word_offsets" in answer for answer in answers if isinstance(answer, Decoded)):
        return answers
    return Decoded({name: [answer[name] for answer in answers] for name in answers[0]})


def _decode_outputs(self, model_outputs, *, return_timestamps=False, return_language=False, time_precision=0.02):
    """The text of a recording that was cut into pieces, and a dictionary with its chunks if times or languages are asked for."""
    outputs = [{name: value.tolist() if hasattr(value, "tolist") else list(value) for name, value in output.items()
                if name in ("tokens", "token_timestamps", "stride")} for output in model_outputs]
    options = _decode_options({"return_timestamps": return_timestamps, "return_language": bool(return_language), "time_precision": time_precision})
    answer = _with_times(from_node(_decode_asr(self, to_node(outputs), options, None)))
    return answer.pop("text"), answer


def _convert_logits(self, data, logits, logits_agg=None, cell_classification_threshold=0.5):
    places, best = _predict(self, data.encoding, to_tensor(logits), None if logits_agg is None else to_tensor(logits_agg), cell_classification_threshold)
    cells = places.unpack()
    return (cells,) if best is None else (cells, to_numpy(best).tolist())


def _column_names(self):
    """The numbers that tokens have beside their ids, by the name that methods have for them and by the input's."""
    names = self.props.column_names if self.find_property("column-names") else []
    return {name.replace("input_", "", 1): name for name in names}


def _take_columns(names, given, keywords):
    """Takes the numbers of tokens out of a call, first those of the first ids, then those of the second; what is left of the rest by place."""
    rest, options = list(given), {}
    for prefix, option in (("", "columns"), ("pair_", "columns_pair")):
        if names and prefix and rest:
            keywords["pair_ids"] = rest.pop(0)
        found = {name: rest.pop(0) if rest and names else keywords.pop(prefix + short, None) for short, name in names.items()}
        options[option] = {name: [int(i) for i in numbers] for name, numbers in found.items() if numbers is not None}
    return rest, {option: GLib.Variant("a{sax}", numbers) for option, numbers in options.items() if numbers}


def _take_entities(keywords):
    """The entities of ids: their own ids and which tokens they are."""
    options = {}
    for prefix, suffix in (("", ""), ("pair_", "-pair")):
        ids, spans = keywords.pop(prefix + "entity_ids", None), keywords.pop(prefix + "entity_token_spans", None)
        if ids is not None and spans is not None:
            options["entity-ids" + suffix] = GLib.Variant("aax", [[int(i) for i in ids]])
            options["entity-spans" + suffix] = GLib.Variant("aa(xx)", [[(int(start), int(end)) for start, end in spans]])
    return options


def _prepare_ids(self, ids, *more, return_tensors=None, return_attention_mask=None, verbose=None, prepend_batch_axis=False, **keywords):
    """A row of ids. What follows them is the second ids, or the class's own: RoCBert's other numbers, LUKE's entities."""
    more, columns = _take_columns(_column_names(self), more, keywords)
    for name, value in zip(("pair_ids", "entity_ids", "pair_entity_ids", "entity_token_spans", "pair_entity_token_spans"), more):
        keywords[name] = value
    pair_ids, entities = keywords.pop("pair_ids", None), _take_entities(keywords)
    options = _tokenizer_options({"return_attention_mask": return_attention_mask, **keywords})
    for name, value in {**columns, **entities}.items():
        options.set_property(name, value)
    encoding = _prepare(self, list(ids), None if pair_ids is None else list(pair_ids), options)
    made = _batch_encoding(encoding, return_tensors, True)
    return made if return_tensors is None or prepend_batch_axis else BatchEncoding({name: rows[0] for name, rows in made.items()}, encoding)


def _convert_to_column(short):
    def convert(self, tokens):
        names = _column_names(self)
        if short not in names:
            raise AttributeError(f"the tokenizer's tokens have no {short}")
        return list(self.convert_tokens_to_column(names[short], list(tokens)))
    return convert


def _encode_candidates(self, text, text_pair=None, cancellable=None, return_tensors="np", **keywords):
    """Texts for a model that chooses: lists of as many candidates each."""
    rows, pairs = [list(row) for row in text], text_pair and [one for row in text_pair for one in row]
    options = _tokenizer_options({"padding": "max_length", **keywords})
    made = _candidates(self, [one for row in rows for one in row], pairs, len(rows[0]) if rows else 1, options, cancellable)
    return BatchEncoding({name: to_numpy(made.get(name)) for name in made.list()}, None)


def _pad(self, encoded_inputs, padding=True, max_length=None, pad_to_multiple_of=None, return_attention_mask=None, return_tensors=None, verbose=None,
         max_entity_length=None):
    """Fills rows up: a row, a dictionary of lists of rows, or a list of rows, each a dictionary."""
    given = encoded_inputs
    if isinstance(given, (list, tuple)):
        given = {name: [row[name] for row in given] for name in (given[0] if given else ())}
    first = next(iter(given.values()), [])
    alone = len(first) > 0 and not hasattr(first[0], "__len__")
    if alone:
        given = {name: [value] for name, value in given.items()}
    rows = []
    for values in zip(*given.values()):
        rows.append(Auto.Inputs.new())
        for name, value in zip(given, values):
            rows[-1].set(name, to_tensor(value))
    options = _tokenizer_options({"padding": padding, "max_length": max_length, "pad_to_multiple_of": pad_to_multiple_of,
                                  "max_entity_length": max_entity_length, "return_attention_mask": return_attention_mask})
    together = [rows] if padding in (True, "longest") or return_tensors is not None else [[row] for row in rows]  # lists may differ in length
    made = [_pad_rows(self, some, options) for some in together]
    names = made[0].list() if made else list(given)
    if return_tensors is not None:
        return BatchEncoding({name: to_numpy(made[0].get(name)) for name in names}, None)
    data = {name: [row for some in made for row in to_numpy(some.get(name)).tolist()] for name in names}
    return BatchEncoding({name: rows[0] for name, rows in data.items()} if alone else data, None)


def _apply_chat_template(self, conversation, chat_template=None, add_generation_prompt=False, tokenize=True, padding=False, truncation=False,
                         max_length=None, return_tensors=None, template_variables=None, tools=None, documents=None, **keywords):
    """The conversation's ids or, with tokenize=False, its text. What else the template may name are keywords, or template_variables."""
    own = self.props.chat_template
    if isinstance(conversation, str):
        raise TypeError("a conversation is a list of messages, each a dictionary such as {'role': 'user', 'content': 'Hello'}")
    named = {name: value for name, value in (("tools", tools), ("documents", documents)) if value is not None}
    for name in [name for name in keywords if Auto.TokenizerOptions.find_property(name) is None and name != "return_attention_mask"]:
        named[name] = keywords.pop(name)
    variables = {**named, **(template_variables or {})}
    try:
        if chat_template is not None:
            self.props.chat_template = chat_template
        text = _chat_text(self, to_node(list(conversation)), add_generation_prompt, to_node(variables) if variables else None)
    finally:
        self.props.chat_template = own
    if not tokenize:
        return text
    return _tokenize_call(self, text, add_special_tokens=False, padding=padding, truncation=truncation, max_length=max_length,
                          return_tensors=return_tensors, **keywords)["input_ids"]


def _prepare_seq2seq_batch(self, src_texts, tgt_texts=None, max_length=None, max_target_length=None, padding="longest", return_tensors=None,
                           truncation=True, **keywords):
    """Texts and, as labels, those that the model is to make."""
    same = {"padding": padding, "return_tensors": return_tensors, "truncation": truncation, **keywords}
    made = self(list(src_texts), max_length=max_length, **same)
    if tgt_texts is not None:
        if max_target_length is None and not self.find_property("target-mode"):
            max_target_length = max_length
        made["labels"] = self(text_target=list(tgt_texts), max_length=max_target_length, **same)["input_ids"]
    return made


def _set_mode(self, target):
    """Of a tokenizer that is made of two, which one encodes; others have no such thing."""
    if self.find_property("target-mode"):
        self.set_property("target-mode", target)


def _part(name):
    """One of the two."""
    def get(self):
        if not self.find_property(name):
            raise AttributeError(name)
        return self.get_property(name)
    return property(get)


for _name in ("question_encoder", "generator", "current_tokenizer"):
    setattr(Auto.Tokenizer, _name, _part(_name.replace("_", "-")))
Auto.Tokenizer._switch_to_input_mode = lambda self: _set_mode(self, False)
Auto.Tokenizer._switch_to_target_mode = lambda self: _set_mode(self, True)
Auto.Tokenizer.prepare_seq2seq_batch = _prepare_seq2seq_batch
Auto.Tokenizer.from_pretrained = staticmethod(
    lambda name_or_path, *, cancellable=None, **keywords: _tokenizer_from_pretrained(str(name_or_path), load_options(keywords), cancellable))
Auto.Tokenizer.__call__ = _tokenize_call
Auto.PretrainedTokenizer.__call__ = _tokenize_call
Auto.PretrainedTokenizer.convert_logits_to_predictions = _convert_logits
Auto.PretrainedTokenizer.__len__ = lambda self: self.get_vocab_size(True)
Auto.PretrainedTokenizer.vocab_size = property(lambda self: self.get_vocab_size(False))
name_attributes(Auto.PretrainedTokenizer)
Auto.Tokenizer.encode_plus = _tokenize_call
Auto.Tokenizer.batch_encode_plus = _batch_encode
Auto.Tokenizer.encode_ids = Auto.Tokenizer.encode
Auto.Tokenizer.encode = lambda self, text, text_pair=None, **keywords: _tokenize_call(self, text, text_pair, **keywords)["input_ids"]
Auto.Tokenizer.tokenize = lambda self, text, pair=None, add_special_tokens=False: (
    _refuse_nul([text] if pair is None else [text, pair]) or _tokenize(self, text, pair, add_special_tokens))
Auto.Tokenizer.decode = _decode_ids
_decode_asr, _prompt_positions = Auto.PretrainedTokenizer.decode_asr, Auto.PretrainedTokenizer.get_decoder_prompt_ids
Auto.PretrainedTokenizer.decode_asr = Auto.PretrainedTokenizer._decode_asr = _decode_outputs
Auto.PretrainedTokenizer._normalize = Auto.PretrainedTokenizer.normalize
Auto.PretrainedTokenizer._basic_normalize = lambda self, text, remove_diacritics=False: self.basic_normalize(text, remove_diacritics)
Auto.PretrainedTokenizer.get_decoder_prompt_ids = lambda self, task=None, language=None, no_timestamps=True: (
    list(enumerate(_prompt_positions(self, task, language, no_timestamps), 1)))
Auto.Tokenizer.apply_chat_template = _apply_chat_template
Auto.Tokenizer.batch_decode = _decode_rows
Auto.Tokenizer.prepare_for_model = _prepare_ids
Auto.PretrainedTokenizer.convert_tokens_to_shape_ids = _convert_to_column("shape_ids")
Auto.PretrainedTokenizer.convert_tokens_to_pronunciation_ids = _convert_to_column("pronunciation_ids")
Auto.Tokenizer.pad = _pad
Auto.Tokenizer.batch_encode_candidates = _encode_candidates
Auto.Tokenizer.num_special_tokens_to_add = lambda self, pair=False: _n_special(self, pair)
Auto.Tokenizer.build_inputs_with_special_tokens = lambda self, token_ids_0, token_ids_1=None: _build_inputs(self, list(token_ids_0), token_ids_1)
Auto.Tokenizer.create_token_type_ids_from_sequences = lambda self, token_ids_0, token_ids_1=None: _create_types(self, list(token_ids_0), token_ids_1)
Auto.Tokenizer.get_special_tokens_mask = (
    lambda self, token_ids_0, token_ids_1=None, already_has_special_tokens=False: _special_mask(self, list(token_ids_0), token_ids_1,
                                                                                               already_has_special_tokens))
Auto.Tokenizer.convert_tokens_to_ids = (
    lambda self, tokens: self.convert_token_to_id(tokens) if isinstance(tokens, str) else list(_convert_tokens(self, list(tokens))))
Auto.Tokenizer.convert_ids_to_tokens = (
    lambda self, ids: self.convert_id_to_token(int(ids)) if not hasattr(ids, "__len__") else _convert_ids(self, [int(i) for i in ids]))
Auto.Tokenizer.add_tokens = (
    lambda self, tokens, special_tokens=False: _add_tokens(self, [tokens] if isinstance(tokens, str) else list(tokens), special_tokens))
