"""A results folder that is not what was written is refused with one message that names the file."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import xarray as xr
from rich.console import RenderableType

from sim import cli
from sim.experiments.checksums import SUMS, files_in, write_sums
from sim.report.folder import open_any, save_comparison, save_run, tables_of
from sim.schema.errors import InputError


@pytest.fixture(scope="module", params=["run", pytest.param("comparison", marks=pytest.mark.slow)])
def saved(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved") / str(request.param)
    if request.param == "run":
        save_run(request.getfixturevalue("result"), folder)
    else:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sim.report.folder.save_figures", lambda *_: [])  # those of a run are watched as well
            save_comparison(request.getfixturevalue("comparison"), folder)
    return folder


def show(folder: Path) -> RenderableType:
    return tables_of(open_any(folder), 100)


def damages(data: bytes) -> Iterator[bytes]:
    """Yield a file cut short, with bytes changed, and replaced by other things."""
    n = len(data)
    yield from (data[:length] for length in sorted({0, 1, n // 2, n - 1}))
    yield from (data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :] for at in sorted({0, n // 3, n // 2, n - 1}))
    yield from (b"\x00\xff\xfe", b"[1]", b'{"kind": "run"}', b"[" * 100_000, b"a: &a [*a]", data + b" ")


def test_every_file_is_watched(saved: Path) -> None:
    assert show(saved)
    for name in files_in(saved):
        file = saved / name
        whole = file.read_bytes()
        every = 7 if name.startswith(("figures", "tables")) else 1  # those are many, and read by nothing
        for damaged in list(damages(whole))[::every]:
            file.write_bytes(damaged)
            with pytest.raises(InputError) as error:
                show(saved)
            assert name in str(error.value) or name == SUMS, "a changed sum speaks of the file it belongs to"
        file.unlink()
        with pytest.raises(InputError, match="is missing"):
            show(saved)
        file.mkdir()
        with pytest.raises(InputError, match="is missing"):
            show(saved)
        file.rmdir()
        file.write_bytes(whole)
    assert show(saved)


def test_notes_beside_the_results_do_no_harm(saved: Path) -> None:
    (saved / "my notes.txt").write_text("to be discussed")
    assert show(saved)


def test_the_command_ends_with_one_message(saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = shutil.copytree(saved, tmp_path / "copy")
    with (copy / "scenario.yaml").open("a") as file:
        file.write("seed: 3\n")
    with pytest.raises(SystemExit) as end:
        cli.main(["show", str(copy)])
    assert end.value.code == 2
    text = " ".join(capsys.readouterr().err.split())
    assert f"error: {copy / 'scenario.yaml'}: was damaged or changed" in text
    assert "run it again" in text


@pytest.mark.parametrize("text", ["", "\n", "x", f"{'0' * 64}  ../../etc/passwd\n", f"{'0' * 64}  /etc/passwd\n"])
def test_sums_that_are_none(saved: Path, tmp_path: Path, text: str) -> None:
    copy = shutil.copytree(saved, tmp_path / "copy")
    (copy / SUMS).write_text(text)
    with pytest.raises(InputError, match=f"{SUMS}: was damaged"):
        show(copy)


def test_a_file_without_a_sum_is_not_believed(saved: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(saved, tmp_path / "copy")
    write_sums(copy, [name for name in files_in(copy) if name not in ("data.nc", SUMS)])
    with pytest.raises(InputError, match=r"data\.nc: has no sum"):
        show(copy)


def test_variables_of_other_software_are_missed(saved: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(saved, tmp_path / "copy")
    with xr.open_dataset(saved / "data.nc", engine="netcdf4") as data:
        data.drop_vars("spent").to_netcdf(copy / "data.nc", engine="netcdf4")
    write_sums(copy, set(files_in(copy)) - {SUMS})
    with pytest.raises(InputError, match="lacks 'spent'"):
        show(copy)


def test_the_folder_says_which_kind_it_is(saved: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(saved, tmp_path / "copy")
    manifest = json.loads((copy / "manifest.json").read_text())
    kind = {"run": "comparison", "comparison": "run"}[manifest["kind"]]
    (copy / "manifest.json").write_text(json.dumps(manifest | {"kind": kind}))
    write_sums(copy, set(files_in(copy)) - {SUMS})
    with pytest.raises(InputError, match=r"lacks|is missing"):
        show(copy)
