"""Compiled code is kept between runs, never outlives an edit, and is neither trusted blindly nor relied upon."""

import os
import pickle
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

import sim
from sim.kernels import compile as compiling
from sim.kernels.compile import KEPT_FOLDERS, KEPT_SECONDS, cache_folders, claim

LONG = (pytest.mark.slow, pytest.mark.long)
PACKAGE = Path(sim.__file__).parent
# The rule stands in budget.py, a file that the entry point here calls into.
SCRIPT = """
import sys
from sim.kernels.compile import cache_folder, called, entry
from sim.kernels.budget import rent_of
from sim.kernels.inputs import Place, BudgetParams

exec(sys.argv[1])

@entry
def ask(rent):
    place = Place(0., 0., 0., rent, 0., 0., 0., 0., 0., 0., 0., 0., 0., 0., 0., 1., 1., 0., 0., 0., -1, 0)
    return rent_of(place, 2, BudgetParams(0., 0., 0., 0., 0., 0., 0., 0., 0.))

exec(sys.argv[2])
print(ask(100.0), sum(ask.stats.cache_hits.values()), cache_folder())
"""
CLAIM_FAILS = """
from sim.kernels.compile import claim
try:
    claim(cache_folder())
except OSError:
    pass
else:
    raise AssertionError("claimed")
"""
NOBODY = 65534
as_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may become another user"
)
posix = pytest.mark.skipif(os.name == "nt", reason="owners and modes of folders are another matter there")


def start(folder: Path, cache: Path, first: str = "", then: str = "", **how) -> subprocess.Popen:
    """Start a process with this package copy: it runs ``first``, defines its entry point, runs ``then``, asks."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "SOLUTIONS_SIM_CACHE": str(cache)}
    command = [sys.executable, "-B", str(folder / "ask.py"), first, then]
    return subprocess.Popen(
        command, env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **how
    )


def answer(process: subprocess.Popen) -> tuple[float, bool, Path]:
    """Return the rent charged, whether the code came from the cache, and the cache folder."""
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err[-2000:]
    rent, hits, kept = out.split(maxsplit=2)
    return float(rent), hits == "1", Path(kept.strip())


def ask(*arguments, **how) -> tuple[float, bool, Path]:
    return answer(start(*arguments, **how))


def copy_to(folder: Path) -> Path:
    shutil.copytree(PACKAGE / "kernels", folder / "sim" / "kernels", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "sim" / "__init__.py").write_text("")
    (folder / "ask.py").write_text(SCRIPT)
    return folder


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    return copy_to(tmp_path_factory.mktemp("copy"))


@pytest.fixture(scope="module")
def filled(copy):
    """A cache folder that holds compiled code; take a copy of it to do harm to."""
    rent, loaded, folder = ask(copy, copy / "filled")
    assert (rent, loaded) == (100.0, False)
    assert ask(copy, copy / "filled") == (100.0, True, folder), "nothing was kept: these tests would show nothing"
    return folder


@pytest.fixture
def cache(filled, tmp_path):
    """The filled folder, inside a cache of its own."""
    root = tmp_path / "cache"
    shutil.copytree(filled, root / filled.name)
    return root


@pytest.mark.slow
def test_an_edit_of_a_called_file_is_noticed(tmp_path):
    """numba itself looks at the file of the cached function only, which is the same in both runs."""
    copy, cache = copy_to(tmp_path), tmp_path / "cache"
    before, _, folder = ask(copy, cache)
    source = copy / "sim" / "kernels" / "budget.py"
    edited = re.sub(r"return place\.rent\n", "return place.rent * 2\n", source.read_text(), count=1)
    assert edited != source.read_text()
    source.write_text(edited)
    after, loaded, other = ask(copy, cache)
    assert (before, after, loaded) == (100.0, 200.0, False)
    assert other != folder
    assert folder.is_dir()


@pytest.mark.slow
@pytest.mark.long
def test_an_edit_after_the_start_does_not_reach_the_folder_of_the_edited_sources(tmp_path):
    """The process still runs what it loaded: that must not be kept under the name of what stands there now."""
    copy, cache = copy_to(tmp_path), tmp_path / "cache"
    edit = "import pathlib; pathlib.Path('sim/kernels/codes.py').open('a').write('# edited')"
    _, _, folder = ask(copy, cache, then=edit)
    assert list(folder.glob("*.nbi"))
    _, loaded, other = ask(copy, cache)
    assert other != folder
    assert not loaded


@pytest.mark.slow
def test_two_processes_may_start_at_once(copy, tmp_path):
    cache = tmp_path / "cache"
    both = [answer(process) for process in [start(copy, cache), start(copy, cache)]]
    assert [rent for rent, _, _ in both] == [100.0, 100.0]
    assert ask(copy, cache)[:2] == (100.0, True)
    assert not [path for path in both[0][2].iterdir() if ".tmp." in path.name]


@pytest.mark.slow
@pytest.mark.long
def test_code_for_other_types_is_not_run(copy, tmp_path):
    """What two processes that save at once can leave behind: an index that names the code for other arguments."""
    cache = tmp_path / "cache"
    _, _, folder = ask(copy, cache, then="ask(7)")
    whole, real = sorted(folder.glob("*.nbc"))
    shutil.copy(whole, real)
    assert ask(copy, cache)[:2] == (100.0, False)
    assert ask(copy, cache)[:2] == (100.0, True)


@pytest.mark.parametrize(
    ("suffix", "harm"),
    [
        pytest.param("nbi", "garbage", marks=pytest.mark.slow),
        ("nbc", "one bit"),
        *(
            pytest.param(*case, marks=LONG)
            for case in [("nbi", "cut"), ("nbc", "cut"), ("nbc", "zeros"), ("nbc", "gone")]
        ),
    ],
)
def test_a_damaged_file_is_compiled_again(copy, cache, filled, suffix, harm):
    (file,) = (cache / filled.name).glob(f"*.{suffix}")
    content = file.read_bytes()
    middle = len(content) // 2
    harmed = {
        "cut": content[:middle],
        "zeros": bytes(len(content)),
        "garbage": b"\x80\x05garbage" * 99,
        "one bit": content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :],
    }
    file.unlink()
    if harm in harmed:
        file.write_bytes(harmed[harm])
    assert ask(copy, cache)[:2] == (100.0, False)
    assert ask(copy, cache)[:2] == (100.0, True), "it mends itself"


@pytest.mark.slow
@pytest.mark.long
def test_a_cache_deleted_while_a_process_runs_is_made_again(copy, cache, filled):
    delete = f"import shutil; shutil.rmtree({str(cache)!r})"
    assert ask(copy, cache, then=delete)[:2] == (100.0, False)
    assert (cache / filled.name).stat().st_mode & 0o077 == 0, "private as at first"
    assert ask(copy, cache)[:2] == (100.0, True)


@pytest.mark.slow
@pytest.mark.long
def test_without_a_folder_to_write_it_still_runs(copy, tmp_path):
    (tmp_path / "file").write_text("")
    for blocked in (tmp_path / "file", Path("/proc/solutions-sim")):
        assert ask(copy, blocked)[:2] == (100.0, False)


def test_without_a_home_it_still_runs(copy, tmp_path, monkeypatch):
    def homeless():
        raise RuntimeError("Could not determine home directory.")

    for name in ("SOLUTIONS_SIM_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    with pytest.raises(OSError, match="director"):
        claim(compiling.cache_folder())


@as_root
@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("owner", [0, NOBODY])
def test_a_folder_that_an_ordinary_user_cannot_write(filled, owner):
    """One that the user owns and has made read-only, and one that root made."""
    # numba imports some of itself when it first compiles, from where another user may not be able to read
    become_nobody = f"called(lambda x: x)(1.0); import os; os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})"
    with tempfile.TemporaryDirectory() as open_to_all:
        Path(open_to_all).chmod(0o755)
        copy, kept = copy_to(Path(open_to_all)), Path(open_to_all) / "cache" / filled.name
        kept.mkdir(parents=True)
        os.chown(kept, owner, owner)
        kept.chmod(0o555)
        assert ask(copy, kept.parent, become_nobody, CLAIM_FAILS) == (100.0, False, kept)
        assert list(kept.iterdir()) == []


class Bomb:
    """Leaves a mark where it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self):
        return Path.touch, (self.mark,)


@posix
@pytest.mark.parametrize(
    ("mode", "owner", "trusted"),
    [
        (0o700, None, True),
        pytest.param(0o775, None, False, marks=pytest.mark.slow),
        pytest.param(0o702, None, False, marks=pytest.mark.slow),
        pytest.param(0o700, NOBODY, False, marks=(as_root, pytest.mark.slow)),
        pytest.param(0o777, NOBODY, False, marks=as_root),
    ],
)
def test_what_another_user_may_have_written_is_not_executed(copy, cache, filled, tmp_path, mode, owner, trusted):
    folder, mark = cache / filled.name, tmp_path / "mark"
    (index,) = folder.glob("*.nbi")
    index.write_bytes(pickle.dumps(Bomb(mark)))
    folder.chmod(mode)
    if owner is not None:
        os.chown(folder, owner, owner)
    assert ask(copy, cache)[:2] == (100.0, False)
    assert mark.exists() == trusted


@posix
def test_a_link_in_place_of_the_folder_is_not_followed(copy, cache, filled, tmp_path):
    (cache / filled.name).rename(tmp_path / "elsewhere")
    (cache / filled.name).symlink_to(tmp_path / "elsewhere")
    assert ask(copy, cache)[:2] == (100.0, False)


@posix
@pytest.mark.slow
def test_the_folder_is_private_whatever_the_umask(copy, tmp_path):
    _, _, folder = ask(copy, tmp_path / "cache", umask=0)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert folder.parent.stat().st_mode & 0o777 == 0o700


@pytest.fixture
def old_versions(tmp_path, monkeypatch):
    """Cache folders of eight versions, used 0 to 7 days ago; the first within the last hour."""
    monkeypatch.setenv("SOLUTIONS_SIM_CACHE", str(tmp_path))
    folders = [tmp_path / f"{days:016x}" for days in range(8)]
    for days, folder in enumerate(folders):
        folder.mkdir()
        (folder / "month.nbi").write_text("")
        used = time.time() - days * 24 * 3600 - 60
        os.utime(folder, (used, used))
    return folders


def test_old_versions_are_removed_when_a_new_one_comes(old_versions, tmp_path):
    for name in ("notes", "0123456789abcdeg", "a" * 17):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (0, 0))
    (tmp_path / ("b" * 16)).write_text("a file of that name")
    claim(tmp_path / ("f" * 16))
    assert cache_folders() == [tmp_path / ("f" * 16), *old_versions[: KEPT_FOLDERS - 1]]
    assert len(list(tmp_path.iterdir())) == KEPT_FOLDERS + 4, "nothing but old versions is touched"


def test_a_folder_used_again_stays(old_versions, tmp_path):
    claim(old_versions[-1])
    assert len(cache_folders()) == 8, "nothing is removed when no new folder comes"
    claim(tmp_path / ("f" * 16))
    assert old_versions[-1] in cache_folders()


def test_folders_of_running_processes_stay_however_many(old_versions, tmp_path):
    recent = time.time() - KEPT_SECONDS / 2
    for folder in old_versions:
        os.utime(folder, (recent, recent))
    claim(tmp_path / ("f" * 16))
    assert len(cache_folders()) == 9
