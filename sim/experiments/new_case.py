"""A shipped case copied into a folder of one's own, to edit."""

import shlex
import shutil
from pathlib import Path

from sim.experiments.folder import whole_folder
from sim.library import case_folder, first_case, is_file
from sim.schema.errors import InputError


def new_case(folder: str | Path, case: str | None = None) -> list[Path]:
    """Copy a shipped case with its tables, scenarios and sources; whole or not at all.

    Scenarios of a case name each other by file, so those of the copy extend each other and never what is shipped.

    Parameters
    ----------
    folder : str or Path
        A folder that does not exist, or is empty.
    case : str, optional
        Name of a shipped case, instead of the one to begin with.

    Returns
    -------
    list of Path
        The files written, in alphabetical order.

    Raises
    ------
    InputError
        For an unknown case, and for a folder that is taken or cannot be written.
    """
    source, target = case_folder(case or first_case()), Path(folder)
    _refuse_taken(target)
    with whole_folder(target.resolve(), sealed=False) as draft:
        for file in _files(source):
            shutil.copyfile(file, draft / file.name)  # without its mode: an installed file may be read-only
    return _files(target)


def next_steps(files: list[Path]) -> str:
    """Return what was copied and what to do with it, in a few lines."""
    folder = shlex.quote(str(files[0].parent))
    tables = sum(file.suffix == ".csv" for file in files)
    scenarios = [file for file in files if file.suffix == ".yaml" and file.stem != "case"]
    return (
        f"Written to {folder}: {tables} tables, case.yaml, {len(scenarios)} scenarios that extend it, and where the\n"
        "tables come from. Edit them, then:\n\n"
        f"  sim check {folder}/*.yaml\n"
        f"  sim run {folder}/{scenarios[0].name}"
    )


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))


def _refuse_taken(target: Path) -> None:
    def refused(message: str) -> InputError:
        return InputError(message, key="FOLDER", value=str(target), allowed="a new or empty folder")

    if is_file(target) or target.suffix in (".yaml", ".yml"):
        raise refused("names a file")
    try:
        if target.resolve() == Path.cwd():  # it would be replaced under the feet of the shell
            raise refused("is the folder you are in; name one inside it")
        if target.exists() and any(target.iterdir()):
            raise refused("the folder is not empty")
    except OSError as error:
        raise refused(f"cannot be used: {error.strerror}") from None
    except RuntimeError:  # what pathlib raises before Python 3.13
        raise refused("cannot be used: a link leads back to itself") from None
