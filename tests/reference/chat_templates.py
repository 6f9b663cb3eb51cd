# SPDX-License-Identifier: LGPL-2.1-or-later
"""Renders chat templates with jinja2, set up as transformers 4.37.2 sets it up, and writes the answers as cases for
tests/text/test-template.c.

    chat_templates.py                  templates/* beside this file -> tests/goldens/text/chat-templates.json
    chat_templates.py FOLDER           FOLDER/*.jinja -> FOLDER/cases.json; run the test with AUTO_TEMPLATE_DIR=FOLDER

snippets.txt has one template a line, each rendered over one set of variables. Each other template is rendered over each conversation, in two settings: the reference's own environment, and the one of
its later versions ("later": plain JSON in tojson, break and continue, the generation tag, strftime_now)."""
import json
import pathlib
import re
import sys
from datetime import datetime

from jinja2 import nodes
from jinja2.exceptions import TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

HERE = pathlib.Path(__file__).parent


class Generation(Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return nodes.CallBlock(self.call_method("_body"), [], [], body).set_lineno(line)

    def _body(self, caller):
        return caller()


class Raised(TemplateError):
    pass


def raise_exception(message):
    raise Raised(message)


def environment(later):
    env = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols] if later else []
    )
    env.globals["raise_exception"] = raise_exception
    if later:

        def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
            return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

        env.filters["tojson"] = tojson
        env.globals["strftime_now"] = lambda format: datetime.now().strftime(format)
    return env


def message(role, content, **more):
    return {"role": role, "content": content, **more}


WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather <now> & later, it's \"free\"",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string", "description": "Where — Zürich, 東京"},
                "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
                "days": {"type": ["integer", "null"], "default": 1.5},
            },
            "required": ["city"],
        },
    },
}
CALL = {"id": "call00001", "type": "function", "function": {"name": "get_weather", "arguments": {"city": "Zürich", "n": [1, 2.0, None, True]}}}
CALL_TEXT = {"id": "call00002", "type": "function", "function": {"name": "get_weather", "arguments": "{\"city\": \"Bern\"}"}}
SYSTEM = message("system", "You are terse.\n")
USER = message("user", "Hello  ")
ANSWER = message("assistant", " <think>\nHm.\n</think>\n\nHi!\n")
MORE = message("user", "日本語 и emoji 🦙\n\tend")
TOOL_TURNS = [USER, message("assistant", None, tool_calls=[CALL]), message("tool", "21 °C", tool_call_id="call00001", name="get_weather")]

CONVERSATIONS = {
    "empty": [],
    "user": [USER],
    "system-user": [SYSTEM, USER],
    "user-user": [USER, MORE],
    "assistant-first": [ANSWER, USER],
    "user-assistant": [USER, ANSWER],
    "user-assistant-user": [USER, ANSWER, MORE],
    "system-user-assistant-user": [SYSTEM, USER, ANSWER, MORE],
    "two-systems": [SYSTEM, SYSTEM, USER],
    "unknown-role": [message("narrator", "Once"), USER],
    "tool-turns": TOOL_TURNS,
    "tool-turns-text": [USER, message("assistant", "", tool_calls=[CALL_TEXT, CALL]), message("tool", "{\"t\": 3}", tool_call_id="call00002"),
                        message("tool", "x", tool_call_id="call00001"), message("assistant", "Cold."), MORE],
    "parts": [message("user", [{"type": "text", "text": " What is this? "}, {"type": "image"}, {"type": "text", "text": "and"}]), ANSWER, USER],
    "reasoning": [USER, message("assistant", "Hi", reasoning_content="Hm.", thinking="Hm!"), MORE],
    "no-content": [message("user", None), {"role": "assistant"}],
    "not-messages": ["text", 3],
}


def variables():
    names = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"}
    for name, messages in CONVERSATIONS.items():
        for prompt in (False, True):
            yield f"{name}/{prompt}", {"messages": messages, "add_generation_prompt": prompt, **names}
    for name in ("user", "system-user", "tool-turns", "tool-turns-text"):
        yield f"{name}/tools", {"messages": CONVERSATIONS[name], "add_generation_prompt": True, "tools": [WEATHER, WEATHER], **names}
    yield "no-tokens", {"messages": CONVERSATIONS["system-user"]}
    yield "options", {"messages": CONVERSATIONS["user-assistant-user"], "add_generation_prompt": True, "enable_thinking": False, "tools": [],
                      "documents": [{"title": "A", "text": "aa"}], "date_string": "26 Jul 2024", "reasoning_effort": "high", **names}


SNIPPET_VARIABLES = {
    "d": {"a": 1, "b": {"c": [1, 2]}, "items": "shadow", "é<": None},
    "l": [1, 2, "c", [4]],
    "s": "Héllo wörld 🦙",
    "big": 123456789012345678,
    "float": 12345.678,
    "people": [
        {"name": "Ann", "age": 30, "tags": ["x"]},
        {"name": "bob", "age": 25, "tags": []},
        {"name": "Cid", "age": 30, "tags": ["y", "z"], "zip": 8000},
    ],
}


def answer(template, values):
    if isinstance(template, Exception):
        return {"error": type(template).__name__}
    try:
        return {"text": template.render(**values)}
    except Raised as error:
        return {"raised": str(error)}
    except Exception as error:
        return {"error": type(error).__name__}


def compile_template(env, source):
    try:
        return env.from_string(source)
    except (TemplateSyntaxError, SyntaxError, RecursionError) as error:
        return error


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "templates"
    output = folder / "cases.json" if len(sys.argv) > 1 else HERE.parent / "goldens" / "text" / "chat-templates.json"
    inputs = dict(variables())
    result = {"variables": inputs, "templates": {}, "cases": []}
    for path in sorted(folder.glob("*.jinja")):
        source = path.read_bytes().decode()
        result["templates"][path.name] = source
        for later in (False, True):
            template = compile_template(environment(later), source)
            for name, values in inputs.items():
                result["cases"].append([path.name, name, later, answer(template, values)])
    snippets = folder / "snippets.txt"
    lines = re.split(r"(?<!\\)\n", snippets.read_text().rstrip("\n")) if snippets.exists() else []
    result["variables"]["snippet"] = SNIPPET_VARIABLES
    for line in lines:
        result["templates"][line] = line
        for later in (False, True):
            result["cases"].append([line, "snippet", later, answer(compile_template(environment(later), line), SNIPPET_VARIABLES)])
    output.write_text(json.dumps(result, ensure_ascii=False, indent=0 if len(sys.argv) > 1 else None) + "\n")
    print(output, len(result["cases"]), "cases", sum("text" in case[3] for case in result["cases"]), "with an output")


if __name__ == "__main__":
    main()
