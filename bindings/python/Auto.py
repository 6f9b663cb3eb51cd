# SPDX-License-Identifier: LGPL-2.1-or-later
"""Auto for Python: the reference's signatures over the introspected library.

Keywords of from_pretrained, attributes of configurations, numpy arrays in and out. Everything else is the library as it is.
"""
import json

from gi.module import get_introspection_module
from gi.overrides._auto_names import BatchEncoding, name_attributes
from gi.repository import Gio, GLib, GObject, Json

Auto = get_introspection_module("Auto")
__all__ = []


def _node(value):
    """A JSON node of a Python value."""
    return Json.from_string(json.dumps(value))


def _value(node):
    return json.loads(Json.to_string(node, False)) if node is not None else None


# Tensors and numpy

_DTYPES = {"float32": "F32", "float16": "F16", "float64": "F64", "int64": "I64", "int32": "I32", "int16": "I16", "int8": "I8", "uint8": "U8",
           "bool": "BOOL"}


def _to_numpy(tensor):
    import numpy
    if tensor.get_dtype() == Auto.DType.BF16:
        tensor = tensor.convert(Auto.DType.F32)
    name = next(name for name, member in _DTYPES.items() if getattr(Auto.DType, member) == tensor.get_dtype())
    shape = tensor.get_shape()
    return numpy.frombuffer(tensor.get_bytes().get_data() or b"", dtype=name).reshape(shape)


def _to_tensor(value):
    import numpy
    if isinstance(value, Auto.Tensor):
        return value
    array = numpy.ascontiguousarray(value) if numpy.ndim(value) else numpy.asarray(value)
    if not hasattr(value, "dtype") and array.dtype == numpy.float64:
        array = array.astype(numpy.float32)
    if array.dtype.name not in _DTYPES:
        raise TypeError(f"a tensor can't hold {array.dtype}; rows of different lengths need padding")
    return Auto.Tensor.new_from_bytes(getattr(Auto.DType, _DTYPES[array.dtype.name]), list(array.shape), GLib.Bytes.new(array.tobytes()))


Auto.Tensor.numpy = _to_numpy
Auto.Tensor.from_numpy = staticmethod(_to_tensor)
Auto.Tensor.__array__ = lambda self, dtype=None: _to_numpy(self) if dtype is None else _to_numpy(self).astype(dtype)
Auto.Tensor.shape = property(lambda self: tuple(self.get_shape()))
Auto.Tensor.__repr__ = lambda self: f"<Auto.Tensor {self.describe()}>"


# Loading

_OPTIONS = {"config", "cache_dir", "from_tf", "from_flax", "force_download", "resume_download", "proxies", "output_loading_info", "local_files_only",
            "revision", "subfolder", "token", "trust_remote_code", "code_revision", "use_fast", "tokenizer_type", "ignore_mismatched_sizes",
            "return_unused_kwargs"}


def _load_options(keywords):
    options = Auto.LoadOptions.new()
    for name, value in keywords.items():
        if name in ("torch_dtype", "dtype") and value is not None:
            options.set_property("dtype", str(value).replace("torch.", ""))
        elif name in _OPTIONS:
            if value is not None:
                options.set_property(name, value)
        else:
            options.set_json(name, _node(value))
    return options


def _model_door(door):
    load, from_config, register = door.from_pretrained, door.from_config, door.register

    def from_pretrained(name_or_path, *, cancellable=None, **keywords):
        model = load(str(name_or_path), _load_options(keywords), cancellable)
        if keywords.get("output_loading_info"):
            return model, {"missing_keys": model.list_missing_keys(), "unexpected_keys": model.list_unexpected_keys(),
                           "mismatched_keys": model.list_mismatched_keys(), "error_msgs": []}
        return model

    def from_class_config(config, **keywords):
        for key, value in keywords.items():
            setattr(config, key, value)
        return from_config(config)

    def register_class(config_class, model_class, exist_ok=False):
        _register_keys(config_class)
        return register(config_class, model_class, exist_ok)

    door.from_pretrained = staticmethod(from_pretrained)
    door.from_config = staticmethod(from_class_config)
    door.register = staticmethod(register_class)


# Configurations

_config_from_pretrained, _config_for_model, _config_register = Auto.Config.from_pretrained_full, Auto.Config.for_model, Auto.Config.register


def _from_pretrained(name_or_path, *, cancellable=None, **keywords):
    config, unused = _config_from_pretrained(str(name_or_path), _load_options(keywords), cancellable)
    if not keywords.get("return_unused_kwargs"):
        return config
    node = Json.Node.alloc().init_object(unused) if unused is not None else None
    return config, (_value(node) or {})


def _register(model_type, config_class, exist_ok=False):
    _register_keys(config_class)
    return _config_register(model_type, config_class, exist_ok)


def _register_keys(cls):
    """The keys that Python classes name as attributes: known to the library once the class has its type."""
    for base in reversed(cls.__mro__):
        for key, value in base.__dict__.get("_auto_keys", {}).items():
            if (cls, key) not in _registered_keys:
                _registered_keys.add((cls, key))
                Auto.Config.add_key(cls, key, _node(value))


_registered_keys = set()


class _ConfigMethods:
    def __init_subclass__(cls, **keywords):
        keys = {name: value for name, value in list(cls.__dict__.items())
                if not name.startswith("_") and name != "model_type" and isinstance(value, (int, float, str, bool, list, dict, type(None)))}
        cls._auto_keys = keys
        for name in keys:
            delattr(cls, name)

    def __init__(self, **keywords):
        _register_keys(type(self))
        GObject.Object.__init__(self)
        for key, value in keywords.items():
            setattr(self, key, value)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        if name == "num_labels":
            return len(_value(self.get_value("id2label")) or {})
        nested = self.get_nested(name)
        if nested is not None:
            return nested
        if not self.has(name):
            raise AttributeError(f"{type(self).__name__} has no key {name!r}")
        value = _value(self.get_value(name))
        return {int(key): label for key, label in value.items()} if name == "id2label" and value else value

    def __setattr__(self, name, value):
        if name.startswith("_") and not self.has(name):
            object.__setattr__(self, name, value)
        elif isinstance(value, Auto.PretrainedConfig):
            self.set_value(name, _node(value.to_dict()))
        else:
            self.set_value(name, _node(value))

    def to_dict(self):
        return json.loads(self.to_json_string(use_diff=False))

    def to_diff_dict(self):
        return json.loads(self.to_json_string(use_diff=True))


_to_json_string = Auto.Config.to_json_string
Auto.Config.from_pretrained = staticmethod(_from_pretrained)
Auto.Config.for_model = staticmethod(lambda model_type, **keywords: _config_for_model(model_type, _load_options(keywords)))
Auto.Config.register = staticmethod(_register)
Auto.Config.to_json_string = lambda self, use_diff=True: _to_json_string(self, use_diff)
Auto.Config.to_dict = _ConfigMethods.to_dict
Auto.Config.to_diff_dict = _ConfigMethods.to_diff_dict
for _name in ("__init__", "__getattr__", "__setattr__"):
    setattr(Auto.PretrainedConfig, _name, _ConfigMethods.__dict__[_name])
Auto.PretrainedConfig.__init_subclass__ = classmethod(_ConfigMethods.__init_subclass__.__func__)


# Models

def _inputs(arguments):
    inputs = Auto.Inputs.new()
    for name, value in arguments.items():
        if value is None:
            continue
        if isinstance(value, (bool, int, float)):
            inputs.set_flag(name, _node(value))
            continue
        tensor = _to_tensor(value)
        if tensor.get_n_dims() == 1 and name in ("input_ids", "attention_mask", "token_type_ids", "decoder_input_ids", "position_ids"):
            tensor = tensor.reshape([1, -1])
        inputs.set(name, tensor)
    return inputs


class _Output:
    """Attributes and items of an output: arrays, and tuples of arrays."""

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        tensor = self.get(name)
        if tensor is not None:
            return _to_numpy(tensor)
        many = []
        while (tensor := self.get(f"{name}.{len(many)}")) is not None:
            many.append(_to_numpy(tensor))
        if not many:
            raise AttributeError(f"the output has no {name}; it has {', '.join(self.keys())}")
        return tuple(many)

    def __getitem__(self, key):
        return getattr(self, key) if isinstance(key, str) else tuple(getattr(self, name) for name in self.keys())[key]

    def __contains__(self, name):
        return name in self.keys()

    def keys(self):
        return list(dict.fromkeys(name.split(".")[0] for name in self.list()))


for _name in ("__getattr__", "__getitem__", "__contains__", "keys"):
    setattr(Auto.ModelOutput, _name, _Output.__dict__[_name])


def _call(self, input_ids=None, *, cancellable=None, **arguments):
    arguments.pop("return_dict", None)
    if input_ids is not None:
        arguments = {"input_ids": input_ids, **arguments}
    return self.forward(_inputs(arguments), cancellable)


class _Generation:
    """The reference's names for what was generated: arrays, tuples of arrays a step, tuples of tuples of layers."""

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        if name in ("sequences", "sequences_scores", "beam_indices", "token_timestamps"):
            tensor = getattr(self, "get_" + name)()
            return None if tensor is None else _to_numpy(tensor)
        if name == "scores":
            return tuple(_to_numpy(self.get_scores(i)) for i in range(self.get_n_scores())) or None
        if name == "segments":
            rows = range(self.get_sequences().get_dim(0))
            return [[self.get_segment(row, i) for i in range(self.get_n_segments(row))] for row in rows]
        if name.startswith("encoder_"):
            output = self.get_encoder_output()
            return getattr(output, name) if output is not None and name in output else None
        if name.endswith(("hidden_states", "attentions")):
            outputs = [self.get_output(i) for i in range(self.get_n_outputs())]
            return tuple(getattr(output, name) for output in outputs if name in output) or None
        raise AttributeError(f"a generation has no {name}")


Auto.Generation.__getattr__ = _Generation.__getattr__
_generate = Auto.Model.generate


def _is_setting(model, name, value):
    """Whether an argument is for a model's own rules of generation: what is no array, and no input of its forward."""
    if name == "prompt_ids":
        return True
    array = value is None or hasattr(value, "dtype") or isinstance(value, Auto.Tensor) or name.endswith(("_ids", "_mask", "_embeds", "_values"))
    return not array and name not in model.list_inputs()


def _generate_ids(self, input_ids=None, *, generation_config=None, streamer=None, assistant_model=None, cancellable=None, **arguments):
    config = (generation_config or self.get_generation_config()).copy()
    if input_ids is not None:
        arguments = {"input_ids": input_ids, **arguments}
    settings = {name: value for name, value in arguments.items() if config.knows(name) or _is_setting(self, name, value)}
    for name, value in settings.items():
        config.set_value(name, _node(value.tolist() if hasattr(value, "tolist") else value))
    if streamer is not None:
        config.set_streamer(streamer)
    if assistant_model is not None:
        config.set_assistant(assistant_model)
    inputs = {name: value for name, value in arguments.items() if name not in settings or isinstance(value, (bool, int, float)) and not config.knows(name)}
    result = _generate(self, _inputs(inputs), config, cancellable)
    return result if settings.get("return_dict_in_generate") or settings.get("return_segments") else _to_numpy(result.get_sequences())


def _init_model_subclass(cls, **keywords):
    forward = cls.__dict__.get("do_forward")
    if forward is None:
        return

    def do_forward(self, context, inputs, outputs):
        try:
            forward(self, context, inputs, outputs)
        except Exception as error:  # the pass fails with it, instead of ending without outputs
            context.fail_literal(f"{cls.__name__}: {error}")

    cls.do_forward = do_forward


def _init_model(self, config=None, **keywords):
    GObject.Object.__init__(self, config=config, **keywords)


Auto.Model.generate = _generate_ids
Auto.PretrainedModel.__call__ = _call
Auto.PretrainedModel.__init__ = _init_model
Auto.PretrainedModel.__init_subclass__ = classmethod(_init_model_subclass)
Auto.PretrainedModel.config = property(lambda self: self.get_config())
_save_model = Auto.Model.save_pretrained
Auto.Model.save_pretrained = lambda self, folder, max_shard_size=0, cancellable=None: _save_model(self, str(folder), max_shard_size, cancellable)

for _info in __import__("gi")._gi.Repository.get_default().get_infos("Auto"):
    if _info.get_name().startswith(("Model", "TFModel", "FlaxModel")) and hasattr(_info, "get_prerequisites"):
        _model_door(getattr(Auto, _info.get_name()))


# Tokenizers

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
    if name in ("token_type_ids", "labels", "numeric_values", "numeric_values_scale"):
        return _to_numpy(encoding.get_row_tensor(name, row)).tolist()
    if name.startswith("entity_") or name == "num_truncated_tokens":
        return _to_numpy(encoding.get_tensor(name))[row].tolist()
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


def _tokenizer_options(keywords):
    options = Auto.TokenizerOptions.new()
    for name, value in keywords.items():
        if name == "padding":
            value = _named(Auto.Padding, _PADDING, name, value)
        elif name == "truncation":
            value = _named(Auto.Truncation, _TRUNCATION, name, value)
        elif name == "return_token_type_ids":
            value = Auto.Choice.DEFAULT if value is None else Auto.Choice.YES if value else Auto.Choice.NO
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


def _page_call(self, text, text_pair, boxes, word_labels, return_tensors, keywords):
    """Words of a page, or of several, with their boxes, behind a question or alone."""
    words = text if text_pair is None else text_pair
    batch = len(words) > 0 and not isinstance(words[0], str)
    if batch and text_pair is not None and isinstance(text, str):
        raise ValueError("text is one question for several pages; give a list of as many")
    cut = str.split if self.is_fast else lambda question: [question]  # a Python class cuts the question itself
    pages, places, labels = (words, boxes, word_labels) if batch else ([words], [boxes], None if word_labels is None else [word_labels])
    questions = None if text_pair is None else [cut(question) for question in (text if batch else [text])]
    given = {**keywords, "is_split_into_words": True, "return_tensors": return_tensors}
    made = self([list(page) for page in pages], **given) if questions is None else self(questions, [list(page) for page in pages], **given)
    encoding, rows = made.encoding, range(made.encoding.get_n_rows())
    samples = [encoding.get_sample(row) for row in rows]
    made["bbox"] = [_boxes(self.place_boxes(encoding, row, [int(i) for box in places[sample] for i in box])) for row, sample in zip(rows, samples)]
    if labels is not None:
        made["labels"] = [list(self.place_labels(encoding, row, [int(i) for i in labels[sample]])) for row, sample in zip(rows, samples)]
    if return_tensors is not None:
        import numpy
        return BatchEncoding({**made, **{name: numpy.array(made[name]) for name in ("bbox", "labels") if name in made}}, encoding)
    alone = not batch and not _overflows(self, keywords)
    return BatchEncoding({name: values[0] for name, values in made.items()}, encoding) if alone else made


def _boxes(flat):
    return [list(flat[i:i + 4]) for i in range(0, len(flat), 4)]


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
                   word_labels=None, return_tensors=None, return_attention_mask=True, verbose=None, cancellable=None, **keywords):
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
    if boxes is not None:
        return _page_call(self, text, text_pair, boxes, word_labels, return_tensors, {"return_attention_mask": return_attention_mask, **keywords})
    options = _tokenizer_options(keywords)
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
    return _batch_encoding(encoding, return_attention_mask, return_tensors, not batch and not _overflows(self, keywords))


def _batch_encoding(encoding, return_attention_mask, return_tensors, alone):
    names = [name for name in encoding.get_names() if return_attention_mask or name != "attention_mask"]
    if return_tensors is not None:
        return BatchEncoding({name: _to_numpy(encoding.get_tensor(name)) for name in names}, encoding)
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


def _choice(value):
    return Auto.Choice.DEFAULT if value is None else Auto.Choice.YES if value else Auto.Choice.NO


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
    answer = _value(_decode_with_options(self, ids, options))
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
    answer = _with_times(_value(_decode_asr(self, _node(outputs), options, None)))
    return answer.pop("text"), answer


def _convert_logits(self, data, logits, logits_agg=None, cell_classification_threshold=0.5):
    places, best = _predict(self, data.encoding, _to_tensor(logits), None if logits_agg is None else _to_tensor(logits_agg), cell_classification_threshold)
    cells = places.unpack()
    return (cells,) if best is None else (cells, _to_numpy(best).tolist())


def _prepare_ids(self, ids, pair_ids=None, return_tensors=None, return_attention_mask=True, verbose=None, **keywords):
    return _batch_encoding(_prepare(self, list(ids), pair_ids, _tokenizer_options(keywords)), return_attention_mask, return_tensors, True)


def _encode_candidates(self, text, text_pair=None, cancellable=None, return_tensors="np", **keywords):
    """Texts for a model that chooses: lists of as many candidates each."""
    rows, pairs = [list(row) for row in text], text_pair and [one for row in text_pair for one in row]
    options = _tokenizer_options({"padding": "max_length", **keywords})
    made = _candidates(self, [one for row in rows for one in row], pairs, len(rows[0]) if rows else 1, options, cancellable)
    return BatchEncoding({name: _to_numpy(made.get(name)) for name in made.list()}, None)


def _pad(self, encoded_inputs, padding=True, max_length=None, pad_to_multiple_of=None, return_attention_mask=None, return_tensors=None, verbose=None):
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
            rows[-1].set(name, _to_tensor(value))
    options = _tokenizer_options({"padding": padding, "max_length": max_length, "pad_to_multiple_of": pad_to_multiple_of})
    options.props.return_attention_mask = _choice(return_attention_mask)
    together = [rows] if padding in (True, "longest") or return_tensors is not None else [[row] for row in rows]  # lists may differ in length
    made = [_pad_rows(self, some, options) for some in together]
    names = made[0].list() if made else list(given)
    if return_tensors is not None:
        return BatchEncoding({name: _to_numpy(made[0].get(name)) for name in names}, None)
    data = {name: [row for some in made for row in _to_numpy(some.get(name)).tolist()] for name in names}
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
        text = _chat_text(self, _node(list(conversation)), add_generation_prompt, _node(variables) if variables else None)
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
    lambda name_or_path, *, cancellable=None, **keywords: _tokenizer_from_pretrained(str(name_or_path), _load_options(keywords), cancellable))
Auto.Tokenizer.__call__ = _tokenize_call
Auto.PretrainedTokenizer.__call__ = _tokenize_call
Auto.PretrainedTokenizer.convert_logits_to_predictions = _convert_logits
Auto.PretrainedTokenizer.__len__ = lambda self: self.get_vocab_size(True)
Auto.PretrainedTokenizer.vocab_size = property(lambda self: self.get_vocab_size(False))
name_attributes(Auto.PretrainedTokenizer)
Auto.Tokenizer.encode_plus = _tokenize_call
Auto.Tokenizer.batch_encode_plus = lambda self, batch_text_or_text_pairs, **keywords: _tokenize_call(self, list(batch_text_or_text_pairs), **keywords)
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


# Pipelines

def pipeline(task, model, cancellable=None, **keywords):
    """The reference's pipeline of this task: call it with a text."""
    return Auto.TaskPipeline.new(task, str(model), _load_options(keywords), cancellable)


def _run_pipeline(self, text, pair=None, *, question=None, context=None, cancellable=None, **options):
    for name, value in options.items():
        self.set_option(name, _node(value))
    return _value(self.run(question if question is not None else text, context if context is not None else pair, cancellable))


Auto.TaskPipeline.__call__ = lambda self, text=None, pair=None, **keywords: _run_pipeline(self, text, pair, **keywords)
__all__ += ["BatchEncoding", "pipeline"]
