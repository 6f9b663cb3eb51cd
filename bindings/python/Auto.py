# SPDX-License-Identifier: LGPL-2.1-or-later
"""Auto for Python: the reference's signatures over the introspected library.

Keywords of from_pretrained, attributes of configurations, numpy arrays in and out. Everything else is the library as it is.
"""
import json

from gi.overrides import _auto_tokenizers  # noqa: F401: what it gives the tokenizers is all
from gi.overrides._auto_names import BatchEncoding
from gi.overrides._auto_values import Auto, from_node, load_options, to_node, to_numpy, to_tensor
from gi.repository import GObject, Json

__all__ = []


# Loading

def _model_door(door):
    load, from_config, register = door.from_pretrained, door.from_config, door.register

    def from_pretrained(name_or_path, *, cancellable=None, **keywords):
        model = load(str(name_or_path), load_options(keywords), cancellable)
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
    config, unused = _config_from_pretrained(str(name_or_path), load_options(keywords), cancellable)
    if not keywords.get("return_unused_kwargs"):
        return config
    node = Json.Node.alloc().init_object(unused) if unused is not None else None
    return config, (from_node(node) or {})


def _register(model_type, config_class, exist_ok=False):
    _register_keys(config_class)
    return _config_register(model_type, config_class, exist_ok)


def _register_keys(cls):
    """The keys that Python classes name as attributes: known to the library once the class has its type."""
    for base in reversed(cls.__mro__):
        for key, value in base.__dict__.get("_auto_keys", {}).items():
            if (cls, key) not in _registered_keys:
                _registered_keys.add((cls, key))
                Auto.Config.add_key(cls, key, to_node(value))


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
            return len(from_node(self.get_value("id2label")) or {})
        nested = self.get_nested(name)
        if nested is not None:
            return nested
        if not self.has(name):
            raise AttributeError(f"{type(self).__name__} has no key {name!r}")
        value = from_node(self.get_value(name))
        return {int(key): label for key, label in value.items()} if name == "id2label" and value else value

    def __setattr__(self, name, value):
        if name.startswith("_") and not self.has(name):
            object.__setattr__(self, name, value)
        elif isinstance(value, Auto.PretrainedConfig):
            self.set_value(name, to_node(value.to_dict()))
        else:
            self.set_value(name, to_node(value))

    def to_dict(self):
        return json.loads(self.to_json_string(use_diff=False))

    def to_diff_dict(self):
        return json.loads(self.to_json_string(use_diff=True))


_to_json_string = Auto.Config.to_json_string
Auto.Config.from_pretrained = staticmethod(_from_pretrained)
Auto.Config.for_model = staticmethod(lambda model_type, **keywords: _config_for_model(model_type, load_options(keywords)))
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
            inputs.set_flag(name, to_node(value))
            continue
        tensor = to_tensor(value)
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
            return to_numpy(tensor)
        many = []
        while (tensor := self.get(f"{name}.{len(many)}")) is not None:
            many.append(to_numpy(tensor))
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
            return None if tensor is None else to_numpy(tensor)
        if name == "scores":
            return tuple(to_numpy(self.get_scores(i)) for i in range(self.get_n_scores())) or None
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
        config.set_value(name, to_node(value.tolist() if hasattr(value, "tolist") else value))
    if streamer is not None:
        config.set_streamer(streamer)
    if assistant_model is not None:
        config.set_assistant(assistant_model)
    inputs = {name: value for name, value in arguments.items() if name not in settings or isinstance(value, (bool, int, float)) and not config.knows(name)}
    result = _generate(self, _inputs(inputs), config, cancellable)
    return result if settings.get("return_dict_in_generate") or settings.get("return_segments") else to_numpy(result.get_sequences())


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


# Pipelines

def pipeline(task, model, cancellable=None, **keywords):
    """The reference's pipeline of this task: call it with a text."""
    return Auto.TaskPipeline.new(task, str(model), load_options(keywords), cancellable)


def _run_pipeline(self, text, pair=None, *, question=None, context=None, cancellable=None, **options):
    for name, value in options.items():
        self.set_option(name, to_node(value))
    return from_node(self.run(question if question is not None else text, context if context is not None else pair, cancellable))


Auto.TaskPipeline.__call__ = lambda self, text=None, pair=None, **keywords: _run_pipeline(self, text, pair, **keywords)
__all__ += ["BatchEncoding", "pipeline"]
