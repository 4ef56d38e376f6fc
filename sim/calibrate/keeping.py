"""A posterior that is kept: draws as a small table, and what they belong to, beside the study.

What was fitted is a model as much as its parameters: the draws go with the case, the kernels and the study they came
from, and are refused with another. Comments and formatting do not make another kernel.
"""

import hashlib
import io
import json
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.calibrate.plans import Plans
from sim.calibrate.study import NUISANCE, Study
from sim.experiments.account import PACKAGE
from sim.experiments.checksums import file_sum
from sim.experiments.record import input_files
from sim.schema.errors import InputError

Float = npt.NDArray[np.float64]
DRAWS, BELONGS = "posterior.csv", "posterior.json"
SOURCES = ("kernels", "world", "population", "model.py")  # what decides how a run goes
REFIT = "make refit, or sim fit with this study"
LAYOUT = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
DIGITS = 9
PROSE = {"title", "question", "source", "note", "boundaries"}  # what is written, or drawn, for people


@dataclass(frozen=True)
class Kept:
    """Draws of a posterior.

    Attributes
    ----------
    names : tuple of str
        Of the free parameters and nuisances, as in the study.
    draws : float64[n, p]
    about : dict
        What they belong to, and how they were made.
    """

    names: tuple[str, ...]
    draws: Float
    about: dict[str, Any]


def belongs_to(study: Study, until: str) -> dict[str, Any]:
    """Return what the draws of a fit belong to, as plain data.

    What the scenario says of parameters that are fitted does not matter: it may be set to what came out. Prose does not
    either.
    """
    lowest = {name: free.low for name, free in study.spec.free.items()}
    spec = _without_prose(study.scenario.override(study.overrides(lowest)).spec.model_dump(mode="json"))
    return {
        "study": study.spec.title,
        "until": until,
        "parameters": {name: prior.model_dump(mode="json") for name, prior in study.priors.items()},
        "case": {path.name: file_sum(path) for path in input_files(study.scenario) if path.suffix == ".csv"},
        "scenario": _sum(json.dumps(spec, sort_keys=True)),
        "kernels": kernels_sum(),
        "targets": _sum("".join(f"{one.name}{one.names}{one.families.tolist()}" for one in study.until(until))),
        "surveys": _sum("".join(map(_told, study.surveys_until(until)))),
    }


def _told(survey: Plans) -> str:
    """Return what a survey told, and of how many households, as text."""
    return f"{survey.name}{survey.names}{survey.shares.tolist()}{survey.households.tolist()}"


def _without_prose(value: Any) -> Any:
    """Return plain data without what is written for people."""
    if isinstance(value, dict):
        return {key: _without_prose(one) for key, one in value.items() if key not in PROSE}
    return [_without_prose(one) for one in value] if isinstance(value, list) else value


def save(study: Study, until: str, draws: Float, folder: Path, more: dict[str, Any]) -> list[Path]:
    """Write draws and what they belong to; return the paths."""
    names = tuple(study.priors)
    table = pd.DataFrame(draws, columns=list(names))
    files = folder / DRAWS, folder / BELONGS
    table.to_csv(files[0], index=False, float_format=f"%.{DIGITS}g", lineterminator="\n")
    about = {**belongs_to(study, until), "draws": len(draws), "sha256": file_sum(files[0]), **more}
    files[1].write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    return list(files)


def open_posterior(folder: Path, study: Study) -> Kept:
    """Return the draws that are kept in a folder, for a study.

    Raises
    ------
    InputError
        Where there are none, they were changed, or they belong to another case, other kernels, parameters, targets
        or surveys.
    """
    about = _about(folder)
    until = str(about.get("until"))
    now = belongs_to(study, until)
    for key, words in {
        "parameters": "other parameters or priors",
        "scenario": "another scenario",
        "case": "other tables of the case",
        "targets": "other targets",
        "surveys": "other surveys of intentions",
        "kernels": "another version of the model",
    }.items():
        if about.get(key) != now[key]:
            message = f"the posterior was fitted with {words}"
            raise InputError(message, file=folder / BELONGS, key=_first_other(about.get(key), now[key]), allowed=REFIT)
    return _draws(folder, about, tuple(study.priors))


def _draws(folder: Path, about: dict[str, Any], names: tuple[str, ...]) -> Kept:
    path = folder / DRAWS
    try:
        if file_sum(path) != about.get("sha256"):
            raise InputError("was changed after it was written", file=path, allowed=REFIT)
        table = pd.read_csv(path)
    except (OSError, ValueError) as error:
        raise InputError(f"cannot be read: {error}", file=path, allowed=REFIT) from None
    if list(table) != list(names) or not np.isfinite(table.to_numpy(np.float64)).all():
        raise InputError("is no table of draws of this study", file=path, allowed=REFIT)
    return Kept(names, table.to_numpy(np.float64), about)


def _about(folder: Path) -> dict[str, Any]:
    path = folder / BELONGS
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"no posterior is kept here: {error}", file=path, allowed=REFIT) from None
    if not isinstance(found, dict):
        raise InputError("no posterior is kept here", file=path, allowed=REFIT)
    return found


def as_overrides(study: Study, kept: Kept) -> pd.DataFrame:
    """Return the draws by the dotted keys of a scenario, one draw a row; nuisances belong to no scenario."""
    columns: dict[str, Float] = {}
    for n, name in enumerate(kept.names):
        if not name.startswith(NUISANCE):
            for key in study.spec.free[name].keys:
                whole = isinstance(study.scenario.value(key), int)
                columns[key] = np.round(kept.draws[:, n]) if whole else kept.draws[:, n]
    return pd.DataFrame(columns)


def kernels_sum() -> str:
    """Return a SHA-256 of the code that decides how a run goes; comments, docstrings and formatting do not count."""
    files = sorted(path for name in SOURCES for path in _python_files(PACKAGE / name))
    return _sum("".join(f"{path.relative_to(PACKAGE).as_posix()}\n{code_of(path.read_text())}" for path in files))


def _python_files(path: Path) -> list[Path]:
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


def code_of(source: str) -> str:
    """Return the tokens of a Python source that matter, one a line."""
    return "\n".join(_tokens(source))


def _tokens(source: str) -> Iterator[str]:
    tokens = [
        one
        for one in tokenize.generate_tokens(io.StringIO(source).readline)
        if one.type not in {tokenize.COMMENT, tokenize.NL}
    ]
    for n, one in enumerate(tokens):
        alone = (n == 0 or tokens[n - 1].type in LAYOUT) and tokens[
            min(n + 1, len(tokens) - 1)
        ].type == tokenize.NEWLINE
        if one.type == tokenize.STRING and alone:
            continue  # a docstring
        if one.type in (tokenize.INDENT, tokenize.DEDENT):
            yield tokenize.tok_name[one.type]  # what belongs to a block matters, not how far it is indented
        elif one.type not in LAYOUT:
            yield one.string


def _sum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _first_other(then: Any, now: Any) -> str | None:
    """Return the first key in which two mappings differ."""
    if not (isinstance(then, dict) and isinstance(now, dict)):
        return None
    return next((str(key) for key in {**then, **now} if then.get(key) != now.get(key)), None)
