# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the reference's encodings and tokenizers have by name: attributes, and the ways between characters, words and tokens."""
from collections import namedtuple

from gi.repository import GLib

CharSpan = namedtuple("CharSpan", "start end")
TokenSpan = namedtuple("TokenSpan", "start end")


def _none(number):
    return None if number is None or number < 0 else number


def _in_row(row, index):
    """A place may be given alone, which is of the first row, or after its row."""
    return (0, row) if index is None else (row, index)


class BatchEncoding(dict):
    """What calling a tokenizer returns: lists or arrays by name, as items and attributes."""

    def __init__(self, data, encoding):
        super().__init__(data)
        self.__dict__["encoding"] = encoding

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"the encoding has no {name}; it has {', '.join(self)}") from None

    @property
    def data(self):
        return dict(self)

    def tokens(self, row=0):
        return self.encoding.get_tokens(row)

    def word_ids(self, row=0):
        return [_none(word) for word in self.encoding.get_word_ids(row)]

    words = word_ids

    def sequence_ids(self, row=0):
        return [_none(sequence) for sequence in self.encoding.get_sequence_ids(row)]

    def byte_offsets(self, row=0):
        """Where the tokens are in the text's UTF-8, as offset_mapping says it in characters."""
        flat = self.encoding.get_byte_offsets(row)
        return list(zip(flat[::2], flat[1::2]))

    def _spans(self, row):
        flat = self.encoding.get_offsets(row)
        return list(zip(flat[::2], flat[1::2], self.encoding.get_sequence_ids(row)))

    def token_to_sequence(self, row, token=None):
        row, token = _in_row(row, token)
        return _none(self.encoding.get_sequence_ids(row)[token])

    def token_to_word(self, row, token=None):
        row, token = _in_row(row, token)
        return self.word_ids(row)[token]

    def token_to_chars(self, row, token=None):
        row, token = _in_row(row, token)
        start, end, sequence = self._spans(row)[token]
        return None if sequence < 0 else CharSpan(start, end)

    def char_to_token(self, row, char=None, sequence_index=0):
        row, char = _in_row(row, char)
        places = (i for i, (start, end, sequence) in enumerate(self._spans(row)) if sequence == sequence_index and start <= char < end)
        return next(places, None)

    def char_to_word(self, row, char=None, sequence_index=0):
        row, char = _in_row(row, char)
        token = self.char_to_token(row, char, sequence_index)
        return None if token is None else self.token_to_word(row, token)

    def word_to_tokens(self, row, word=None, sequence_index=0):
        row, word = _in_row(row, word)
        pairs = zip(self.encoding.get_word_ids(row), self.encoding.get_sequence_ids(row))
        places = [i for i, pair in enumerate(pairs) if pair == (word, sequence_index)]
        return TokenSpan(places[0], places[-1] + 1) if places else None

    def word_to_chars(self, row, word=None, sequence_index=0):
        row, word = _in_row(row, word)
        tokens = self.word_to_tokens(row, word, sequence_index)
        if tokens is None:
            return None
        spans = self._spans(row)[tokens.start:tokens.end]
        return CharSpan(spans[0][0], spans[-1][1])


_SPECIAL = ("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token")
_MORE = "additional_special_tokens"


def _property(name):
    """An attribute that is the property of the same name; a number of no token is None."""
    read = (lambda self: _none(self.get_property(name))) if name.endswith("_token_id") else lambda self: self.get_property(name)
    return property(read, lambda self, value: self.set_property(name, value))


def _special_tokens_map(self):
    named = {name: getattr(self, name) for name in _SPECIAL if getattr(self, name) is not None}
    more = list(self.additional_special_tokens or [])
    return {**named, _MORE: more} if more else named


def _all_special_tokens(self):
    named = _special_tokens_map(self)
    more = named.pop(_MORE, [])
    return list(dict.fromkeys([*named.values(), *more]))


def _add_special_tokens(self, special_tokens_dict, replace_additional_special_tokens=True):
    """Names special tokens, and adds those that are new; how many were added."""
    tokens = []
    for name, value in special_tokens_dict.items():
        if name not in (*_SPECIAL, _MORE):
            raise ValueError(f"{name!r} is no special token; there are {', '.join(_SPECIAL)} and {_MORE}")
        if name == _MORE:
            value = [str(token) for token in value]
            kept = [] if replace_additional_special_tokens else list(self.additional_special_tokens or [])
            self.additional_special_tokens = kept + [token for token in value if token not in kept]
            tokens += value
        else:
            setattr(self, name, str(value))
            tokens.append(str(value))
    return self.add_tokens(tokens, special_tokens=True)


def _set_prefix_tokens(self, language=None, task=None, predict_timestamps=None):
    """What stands before texts of speech; what isn't given stays."""
    for name, value in (("language", language), ("task", task), ("predict_timestamps", predict_timestamps)):
        if value is not None:
            setattr(self, name, value)


class _LanguageIds:
    """The ids of languages by their codes."""

    def __init__(self, tokenizer):
        self.tokenizer = tokenizer

    def __getitem__(self, code):
        try:
            return self.tokenizer.get_lang_id(code)
        except GLib.Error as error:
            raise KeyError(error.message) from None


def name_attributes(cls):
    """Gives the class of tokenizers the reference's attributes."""
    for spec in cls.list_properties():
        if not hasattr(cls, name := spec.name.replace("-", "_")):
            setattr(cls, name, _property(name))
    cls.special_tokens_map = property(_special_tokens_map)
    cls.all_special_tokens = property(_all_special_tokens)
    cls.all_special_ids = property(lambda self: self.convert_tokens_to_ids(self.all_special_tokens))
    cls.additional_special_tokens_ids = property(lambda self: self.convert_tokens_to_ids(self.additional_special_tokens or []))
    cls.vocab = property(lambda self: self.get_vocab())
    cls.lang_code_to_id = property(_LanguageIds)
    cls.set_prefix_tokens = _set_prefix_tokens
    cls.add_special_tokens = _add_special_tokens
    cls.__repr__ = lambda self: f"<Auto.{self.class_name or type(self).__name__} {self.name_or_path!r}, {len(self)} tokens>"
