"""Checkpoints: the last state of a run, kept beside its results folder until the results are written.

``FOLDER.checkpoint`` holds the arrays, an account of what they belong to, and their sums. Files of a new checkpoint
get names of their own and count from the moment their sums are put in place, which is one step; those before are
taken away only then. A run killed at any moment thus leaves one whole checkpoint, or none.
"""

import json
import re
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from sim.experiments.account import Account, Conditions, read_account
from sim.experiments.checksums import SUMS, verified, write_sums
from sim.experiments.folder import MANIFEST
from sim.experiments.record import stamp
from sim.experiments.snapshot import restore, snapshot
from sim.model import SolutionsModel
from sim.scenario import Scenario, compile_scenario
from sim.schema.document import Document
from sim.schema.errors import InputError

SUFFIX = ".checkpoint"
_OURS = re.compile(rf"month-\d+\.(json|npz)|{SUMS}(\.part)?")


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint that was read and found whole.

    Attributes
    ----------
    results : Path
        The results folder of the run; the checkpoint lies beside it.
    account : Account
    arrays : dict of str to ndarray
        As `sim.experiments.snapshot` names them.
    """

    results: Path
    account: Account
    arrays: dict[str, npt.NDArray[Any]]

    @property
    def scenario(self) -> Scenario:
        """The scenario of the run."""
        account = self.account
        document = Document(account.spec.model_dump(mode="json"))
        return Scenario(account.scenario, account.spec, document, account.tables, account.lineage)

    def model(self, threads: int) -> SolutionsModel:
        """Return the model as it stood."""
        model = SolutionsModel(compile_scenario(self.scenario), seed=self.account.seed, threads=threads)
        folder = checkpoint_folder(self.results)
        if model.households.fixed_sum() != self.account.households:
            raise InputError("its households cannot be made again from its scenario", file=folder)
        try:
            restore(model, self.arrays)
        except (KeyError, ValueError) as error:
            raise InputError(f"holds the state of another run: {error}", file=folder) from None
        return model


class Keeper:
    """Keeps the last checkpoint of a run.

    Parameters
    ----------
    folder : Path
        The results folder; the checkpoint is kept beside it.
    every : int
        Months between checkpoints, 1 or more.
    began_with : Conditions
        What the run began with.
    """

    def __init__(self, folder: Path, every: int, began_with: Conditions) -> None:
        self.results, self.folder = folder, checkpoint_folder(folder)
        self._every, self._began_with = every, began_with

    def start(self) -> None:
        """Make the folder; refuse one that holds an interrupted run or anything else."""
        if (self.folder / SUMS).is_file():
            way_out = f"`sim resume {self.results}` to finish it, or delete that folder to start anew"
            raise InputError("an interrupted run is kept here", file=self.folder, allowed=way_out)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            foreign = [path.name for path in self.folder.iterdir() if not _OURS.fullmatch(path.name)]
        except OSError as error:
            raise InputError(f"checkpoints cannot be written: {error.strerror}", file=self.folder) from None
        if foreign:
            raise InputError("holds something else than a checkpoint", file=self.folder, value=foreign[0])

    def after_month(self, model: SolutionsModel, seconds: float) -> None:
        """Keep the state after every so many months; ``seconds`` were needed so far."""
        if model.month % self._every:
            return
        names = [f"month-{model.month}.{kind}" for kind in ("json", "npz")]
        try:
            arrays: dict[str, Any] = snapshot(model)
            np.savez(self.folder / names[1], **arrays)
            text = self._account(model, seconds).model_dump_json(indent=2)
            (self.folder / names[0]).write_text(text, encoding="utf-8")
            write_sums(self.folder, names)
        except OSError as error:
            self._take_away(names)
            raise self._failure(model.month, error) from None
        self._take_away([path.name for path in self.folder.iterdir() if path.name not in (SUMS, *names)])

    def leave(self) -> None:
        """Take the folder away where it holds no checkpoint."""
        if not (self.folder / SUMS).is_file():
            with suppress(OSError):
                self._take_away([path.name for path in self.folder.iterdir()])
                self.folder.rmdir()

    def _take_away(self, names: Iterable[str]) -> None:
        for name in filter(_OURS.fullmatch, names):
            (self.folder / name).unlink(missing_ok=True)

    def _failure(self, month: int, error: OSError) -> InputError:
        kept = (self.folder / SUMS).is_file()
        way_out = f"`sim resume {self.results}` from the one before, once it can" if kept else "another --out"
        message = f"the checkpoint after month {month} cannot be written: {error.strerror}"
        return InputError(message, file=self.folder, allowed=way_out)

    def _account(self, model: SolutionsModel, seconds: float) -> Account:
        scenario = model.compiled.scenario
        return Account(
            **stamp("checkpoint"),
            scenario=scenario.name,
            spec=scenario.spec,
            tables=scenario.tables,
            lineage=scenario.lineage,
            seed=model.world.seed,
            every=self._every,
            month=model.month,
            rows=len(model.households),
            households=model.households.fixed_sum(),
            seconds=seconds,
            began_with=self._began_with,
        )


def checkpoint_folder(results: Path) -> Path:
    """Return where the checkpoint of a results folder is kept: beside it."""
    named = results if results.name not in ("", "..") else results.resolve()
    return named.with_name(named.name + SUFFIX)


def is_kept(results: Path) -> bool:
    """Return whether a run into this results folder can be resumed."""
    return (checkpoint_folder(results) / SUMS).is_file()


def discard(folder: Path) -> None:
    """Take a checkpoint away; its sums first, so that no half of it is ever taken for one."""
    (folder / SUMS).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def open_checkpoint(results: Path) -> Checkpoint:
    """Return the checkpoint of a results folder, after checking that the run can go on as if it had never stopped.

    Raises
    ------
    InputError
        Where there is none, or it was damaged, or software, machine or inputs are others than those of the run.
    """
    folder = checkpoint_folder(results)
    anew = f"a new run; delete {folder} first"
    _require_any(results, folder, anew)
    names = {Path(name).suffix: name for name in verified(folder, (), f"the file as it was written, or {anew}")}
    try:
        written = json.loads((folder / names[".json"]).read_text(encoding="utf-8"))
        account = read_account(written, folder, anew)
        with np.load(folder / names[".npz"], allow_pickle=False) as arrays:
            return Checkpoint(results, account, dict(arrays))
    except InputError:
        raise
    except (KeyError, TypeError, AttributeError, ValueError, OSError, EOFError, BadZipFile) as error:
        raise InputError(f"the checkpoint cannot be read: {error!r}", file=folder, allowed=anew) from None


def _require_any(results: Path, folder: Path, anew: str) -> None:
    if (folder / SUMS).is_file():
        return
    if (results / MANIFEST).is_file():
        raise InputError("nothing to resume: its results are complete", file=results, allowed=f"`sim show {results}`")
    if folder.is_dir():
        message = f"{SUMS} is missing: the run stopped before its first checkpoint, or the file was deleted"
        raise InputError(message, file=folder, allowed=anew)
    meant = results.with_name(results.name.removesuffix(SUFFIX)) if results.name else results
    hint = f" - did you mean '{meant}'?" if (results / SUMS).is_file() else ""
    allowed = "the folder given to `sim run --checkpoint-every ... --out`"
    raise InputError(f"no checkpoint was kept for this folder{hint}", file=results, allowed=allowed)
