"""YAML as people write it, with the place of every key, and schema errors that name that place."""

import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError

from sim.schema.errors import InputError, nearest

Key = tuple[str, ...]
Places = dict[Key, tuple[str, int | None]]  # file and line; an override has no line
Model = TypeVar("Model", bound=BaseModel)

MOST_BYTES = 2_000_000  # a scenario is a page of text; this is far beyond any
MOST_DEPTH = 12
_NUMBERS = {"int_type": "whole number", "float_type": "number"}  # what pydantic calls them
PLAIN_TAGS = {"map", "seq", "str", "int", "float", "bool", "null"}


@dataclass(frozen=True)
class Document:
    """A YAML mapping and where each of its keys stands.

    Attributes
    ----------
    data : dict
        Plain values: dict, list, str, int, float, bool, None.
    places : dict
        ``(key, key, ...) -> (file, line)``; list positions count as keys, in decimal.
    """

    data: dict[str, Any]
    places: Places = field(default_factory=dict)

    def place(self, key: Key) -> tuple[str | None, int | None]:
        """Return file and line of a key, or of its nearest parent that was written."""
        for length in range(len(key), -1, -1):
            if key[:length] in self.places:
                return self.places[key[:length]]
        return None, None

    def error(self, message: str, *key: str, value: object = None, allowed: str | None = None) -> InputError:
        """Return an InputError that points at a key."""
        file, line = self.place(key)
        return InputError(message, file=file, line=line, key=".".join(key), value=value, allowed=allowed)


class _PlainLoader(yaml.SafeLoader):
    """SafeLoader without aliases: they are never needed here, and nested ones grow without bound."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="aliases (*name) are not accepted", problem_mark=mark)
        return super().compose_node(parent, index)


# dates stay text: '2019-08-01' where a month is meant must be reported as written
_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_yaml(path: Path) -> Document:
    """Read one YAML mapping.

    Raises
    ------
    InputError
        For a missing, unreadable or oversized file, wrong encoding, YAML that is not well formed, aliases,
        duplicate keys, tags, or a top level that is not a mapping.
    """
    node = _composed(_read_text(path), path)
    if not isinstance(node, yaml.MappingNode):
        raise InputError("the file must hold keys and values", file=path, allowed="key: value lines")
    places: Places = {}
    return Document(_plain(node, (), str(path), places), places)


def read_value(text: str) -> Any:
    """Return one YAML value as written on a command line; raises InputError as `read_yaml` does."""
    node = _composed(text, None)
    return None if node is None else _plain(node, (), "", {})


def _composed(text: str, path: Path | None) -> yaml.Node | None:
    try:
        return yaml.compose(text, Loader=_PlainLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise InputError(f"not readable as YAML: {error.problem}", file=path, line=line) from None
    except RecursionError:
        raise InputError("not readable as YAML: nested too deeply", file=path) from None
    except yaml.YAMLError as error:
        raise InputError(f"not readable as YAML: {str(error).splitlines()[0]}", file=path) from None


def _read_text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError("the file is too large", file=path, allowed=f"at most {MOST_BYTES:,} bytes")
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError("the file does not exist", file=path) from None
    except UnicodeDecodeError:
        raise InputError("the file is not UTF-8 text", file=path, allowed="YAML saved as UTF-8") from None
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}", file=path) from None


def _plain(node: yaml.Node, key: Key, file: str, places: Places) -> Any:
    """Return the plain value of a YAML node and note the place of every key in it."""
    places[key] = (file, node.start_mark.line + 1)
    if len(key) > MOST_DEPTH:
        raise InputError("keys are nested too deeply", file=file, line=places[key][1])
    if node.tag.removeprefix("tag:yaml.org,2002:") not in PLAIN_TAGS:
        line = places[key][1]
        raise InputError("YAML tags are not accepted", file=file, line=line, key=".".join(key), value=node.tag)
    if isinstance(node, yaml.MappingNode):
        return _plain_mapping(node, key, file, places)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*key, str(n)), file, places) for n, item in enumerate(node.value)]
    return _plain_scalar(node, key, file)


def _plain_mapping(node: yaml.MappingNode, key: Key, file: str, places: Places) -> dict[Any, Any]:
    result: dict[Any, Any] = {}
    for name_node, value_node in node.value:
        line = name_node.start_mark.line + 1
        if not isinstance(name_node, yaml.ScalarNode):
            raise InputError("a key must be a plain word", file=file, line=line)
        name = _plain_scalar(name_node, key, file)
        if name in result:
            raise InputError("this key appears twice", file=file, line=line, key=".".join((*key, str(name))))
        result[name] = _plain(value_node, (*key, str(name)), file, places)
        places[(*key, str(name))] = (file, line)
    return result


def _plain_scalar(node: yaml.Node, key: Key, file: str) -> Any:
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_object(node, deep=True)
    except (ValueError, yaml.YAMLError):
        line = node.start_mark.line + 1
        raise InputError("not a value", file=file, line=line, key=".".join(key), value=node.value) from None
    finally:
        loader.dispose()


def merge(base: Document, over: Document) -> Document:
    """Return ``base`` with the keys of ``over`` laid on top, mapping by mapping; null removes a key.

    Values that are not mappings replace; a mapping that names its own ``kind`` other than the base's
    replaces the base's whole.
    """
    places = dict(base.places)
    data = _merged(base.data, over.data, (), places, over.places)
    return Document(data, places | {key: over.places[key] for key in over.places if _holds(data, key)})


def _merged(
    base: Mapping[str, Any], over: Mapping[str, Any], key: Key, places: dict[Key, Any], new: Mapping[Key, Any]
) -> dict[str, Any]:
    result = dict(base)
    for name, value in over.items():
        old = base.get(name)
        path = (*key, str(name))
        if isinstance(value, dict) and isinstance(old, dict) and value.get("kind") in (None, old.get("kind")):
            result[name] = _merged(old, value, path, places, new)
            continue
        for known in [known for known in places if known[: len(path)] == path]:
            del places[known]
        if value is None and old is not None and isinstance(old, dict):
            del result[name]
        else:
            result[name] = value
    return result


def _holds(data: Any, key: Key) -> bool:
    for name in key:
        if isinstance(data, dict):
            matches = [known for known in data if str(known) == name]
            if not matches:
                return False
            data = data[matches[0]]
        elif isinstance(data, list):
            data = data[int(name)]
        else:
            return False
    return True


def validate(document: Document, model: type[Model]) -> Model:
    """Return the document as a schema model.

    Raises
    ------
    InputError
        For the first problem found, with file, line, key, value, what is allowed and the nearest valid name.
    """
    try:
        return model.model_validate(document.data, strict=True)
    except ValidationError as error:
        raise _input_error(document, model, error) from None


def _input_error(document: Document, model: type[BaseModel], error: ValidationError) -> InputError:
    problems = error.errors(include_url=False, include_context=True)
    problem = next((p for p in problems if p["type"] == "extra_forbidden"), problems[0])
    key = _written_key(document.data, tuple(str(part) for part in problem["loc"]))
    value, kind = problem.get("input"), problem["type"]
    if kind == "extra_forbidden":
        names = _valid_names(model, document.data, key[:-1])
        message = f"unknown key{nearest(key[-1], names)}"
        return document.error(message, *key, allowed=", ".join(sorted(names)))
    if kind == "missing":
        return document.error("this key is missing", *key)
    if kind == "union_tag_invalid":
        allowed = str(problem["ctx"]["expected_tags"])
        tag = str(problem["ctx"]["tag"])
        message = f"unknown kind{nearest(tag, allowed.replace(chr(39), '').split(', '))}"
        return document.error(message, *key, "kind", value=tag, allowed=allowed)
    if kind == "union_tag_not_found":
        return document.error("the kind is missing", *key, "kind")
    if kind in _NUMBERS and isinstance(value, str):
        message = f"a {_NUMBERS[kind]} is written in full and without quotes, for example 1000"
        return document.error(message, *key, value=value)
    message = problem["msg"].removeprefix("Value error, ")
    shown = None if isinstance(value, dict) else value
    return document.error(message[0].lower() + message[1:], *key, value=shown)


def _written_key(data: Any, location: Key) -> Key:
    """Return a pydantic location without the parts (union tags) that are not keys of the document."""
    key: list[str] = []
    for n, part in enumerate(location):
        last = n == len(location) - 1
        if isinstance(data, dict):
            found = [name for name in data if str(name) == part]
            if found:
                data = data[found[0]]
            elif not last:
                continue
        elif isinstance(data, list) and part.isdigit() and int(part) < len(data):
            data = data[int(part)]
        elif not last or part == "[key]" or not isinstance(data, dict | list):
            continue
        key.append(part)
    return tuple(key)


def _valid_names(model: type[BaseModel], data: Any, key: Key) -> list[str]:
    """Return the keys that a model accepts at a place of the document."""
    kind: Any = model
    for part in key:
        data = data.get(part, {}) if isinstance(data, dict) else {}
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            kind = kind.model_fields[part].annotation if part in kind.model_fields else None
        else:  # dict[str, Something]
            kind = get_args(kind)[-1] if get_args(kind) else None
        kind = _narrowed(kind, data)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return list(kind.model_fields)
    return []


def _narrowed(kind: Any, data: Any) -> Any:
    """Return the member of an annotated or discriminated union that fits the data."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) not in (Union, types.UnionType):
        return kind
    members = [member for member in get_args(kind) if hasattr(member, "model_fields")]
    for member in members:
        tag = member.model_fields.get("kind")
        if tag is not None and isinstance(data, dict) and tag.default == data.get("kind"):
            return member
    return members[0] if members else None
