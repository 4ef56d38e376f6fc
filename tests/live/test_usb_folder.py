"""The folder for a stick: what is unpacked where, what is refused, and that nothing is left of a refused one."""

import hashlib
import importlib.util
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

USB = Path(__file__).parents[2] / "usb"
MINOR = 11
OWN = "solutions_sim-0.1.0-py3-none-any.whl"
OTHERS = (
    "starlette-1.0-py3-none-any.whl",
    "uvicorn-1.0-py2.py3-none-any.whl",
    "msvc_runtime-14.0-cp311-cp311-win_amd64.whl",
)


def loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_folder", USB / "build_folder.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["build_folder"] = module
    spec.loader.exec_module(module)
    return module


usb = loaded()


def zipped(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


@pytest.fixture
def python(tmp_path: Path) -> Path:
    files = {"python.exe": "MZ", "python311.zip": "", "python311._pth": "python311.zip\n.\n#import site\n"}
    return zipped(tmp_path / "embed.zip", files)


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    folder = tmp_path / "wheels"
    folder.mkdir()
    own = {
        "sim/__init__.py": "ANSWER = 42\n",
        "sim/page/index.html": "<p>page</p>",
        "solutions_sim-0.1.0.data/purelib/more.py": "from sim import ANSWER\n",
        "solutions_sim-0.1.0.data/scripts/sim": "#!python\n",
        "solutions_sim-0.1.0.data/data/share/about.txt": "about",
        "solutions_sim-0.1.0.data/headers/never.h": "",
        "solutions_sim-0.1.0.dist-info/METADATA": "Name: solutions-sim\n",
    }
    zipped(folder / OWN, own)
    for name in OTHERS:
        package = name.partition("-")[0]
        zipped(folder / name, {f"{package}.py": "", f"{package}.dist-info/METADATA": "Name: x\n"})
    return folder


def test_everything_is_where_python_finds_it(tmp_path: Path, python: Path, wheels: Path) -> None:
    out = tmp_path / "what if"
    usb.build(python, out, wheels)
    packages = out / "python" / "Lib" / "site-packages"
    assert (out / "python" / "python.exe").read_text() == "MZ"
    assert (packages / "sim" / "page" / "index.html").read_text() == "<p>page</p>"
    assert (packages / "solutions_sim-0.1.0.dist-info" / "METADATA").is_file(), "its version is read from there"
    assert (out / "python" / "share" / "about.txt").is_file()
    assert (out / "python" / "Scripts" / "sim").is_file()
    assert not list(out.rglob("*.h"))
    paths = (out / "python" / "python311._pth").read_bytes()
    assert paths == b"python311.zip\r\n.\r\nLib\\site-packages\r\n"
    code = f"import sys; sys.path.insert(0, {str(packages)!r}); import more; print(more.ANSWER)"
    assert subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True).stdout == "42\n"


def test_what_a_person_sees_first(tmp_path: Path, python: Path, wheels: Path) -> None:
    usb.build(python, tmp_path / "out", wheels)
    seen = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert seen == ["README.txt", "SHA256SUMS", "Start what-if.cmd", "python"]
    start = (tmp_path / "out" / "Start what-if.cmd").read_bytes()
    assert start.isascii(), "cmd.exe reads it in the code page of the machine"
    assert start.count(b"\r\n") == start.count(b"\n")
    assert b'"%~dp0python\\python.exe" -X utf8 -B -m sim live %*' in start, "blanks in the path are no obstacle"
    text = (tmp_path / "out" / "README.txt").read_bytes().decode("utf-8-sig")
    assert text.count("Start what-if.cmd") >= 6
    assert all(language in text for language in ("ENGLISH", "FRANÇAIS", "العربية"))


def test_sums_are_of_every_file(tmp_path: Path, python: Path, wheels: Path) -> None:
    out = tmp_path / "out"
    usb.build(python, out, wheels)
    lines = (out / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    sums = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    files = {path.relative_to(out).as_posix(): path for path in out.rglob("*") if path.is_file()}
    assert set(sums) == set(files) - {"SHA256SUMS"}
    assert all(hashlib.sha256(files[name].read_bytes()).hexdigest() == digest for name, digest in sums.items())


@pytest.mark.parametrize(
    ("name", "fitting"),
    [
        ("a-1-py3-none-any.whl", True),
        ("a-1-py2.py3-none-any.whl", True),
        ("a-1-cp311-cp311-win_amd64.whl", True),
        ("a-1-1build-cp311-cp311-win_amd64.whl", True),
        ("a-1-cp39-abi3-win_amd64.whl", True),
        ("a-1-cp312-abi3-win_amd64.whl", False),
        ("a-1-cp312-cp312-win_amd64.whl", False),
        ("a-1-cp311-cp311-win32.whl", False),
        ("a-1-cp311-cp311-manylinux_2_17_x86_64.whl", False),
        ("a-1-py2-none-any.whl", False),
        ("a.whl", False),
    ],
)
def test_wheels_fit_python_and_windows(name: str, fitting: bool) -> None:
    assert usb.fits(name, MINOR) is fitting


def test_what_is_needed_on_windows_alone_is_found(tmp_path: Path) -> None:
    needs = [
        'colorama; platform_system == "Windows"',
        "tzdata>=2; sys_platform == 'win32'",
        'pywin32; sys_platform == "win32" and extra == "service"',
        'uvloop; sys_platform != "win32"',
        "numpy>=2",
    ]
    metadata = "\n".join(["Name: a", *(f"Requires-Dist: {need}" for need in needs)])
    wheel = zipped(tmp_path / "a-1-py3-none-any.whl", {"a-1.dist-info/METADATA": metadata})
    assert list(usb.windows_needs(wheel)) == ["colorama", "tzdata>=2"]


def refused(tmp_path: Path, python: Path, wheels: Path) -> str:
    """Return why a folder is refused, after checking that nothing of it was written."""
    with pytest.raises(usb.Refused) as caught:
        usb.build(python, tmp_path / "out", wheels)
    assert not (tmp_path / "out").exists()
    return str(caught.value)


def test_what_is_no_embeddable_package_is_refused(tmp_path: Path, wheels: Path) -> None:
    assert "no zip file" in refused(tmp_path, tmp_path / "missing.zip", wheels)
    installer = zipped(tmp_path / "other.zip", {"python.exe": "MZ"})
    assert "embeddable package" in refused(tmp_path, installer, wheels)


def test_wheels_that_cannot_be_used_are_refused(tmp_path: Path, python: Path, wheels: Path) -> None:
    linux = wheels / "numpy-2.0-cp311-cp311-manylinux_2_17_x86_64.whl"
    zipped(linux, {"numpy.py": ""})
    assert "numpy-2.0" in refused(tmp_path, python, wheels)
    linux.unlink()
    (wheels / OTHERS[0]).unlink()
    assert "no wheel of starlette" in refused(tmp_path, python, wheels)


@pytest.mark.parametrize(
    "name", ["../../evil.py", "sim\\evil.py", "C:/evil.py", "/tmp/evil.py", "x.data/purelib/../../../evil.py"]
)
def test_a_wheel_that_leads_out_of_the_folder_is_refused(tmp_path: Path, python: Path, wheels: Path, name: str) -> None:
    zipped(wheels / "evil-1-py3-none-any.whl", {name: "", "evil-1.dist-info/METADATA": ""})
    assert "outside" in refused(tmp_path, python, wheels)
    assert not list(tmp_path.rglob("evil.py"))


def test_a_folder_that_is_taken_stays_as_it_was(tmp_path: Path, python: Path, wheels: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine.txt").write_text("mine")
    with pytest.raises(usb.Refused, match="is taken"):
        usb.build(python, tmp_path / "taken", wheels)
    assert [path.name for path in (tmp_path / "taken").iterdir()] == ["mine.txt"]


def test_the_command_line_says_what_is_wrong(tmp_path: Path, wheels: Path) -> None:
    asked = ["--python", str(tmp_path / "no.zip"), "--out", str(tmp_path / "out"), "--wheels", str(wheels)]
    ended = subprocess.run([sys.executable, str(USB / "build_folder.py"), *asked], capture_output=True, text=True)
    assert ended.returncode == 2
    assert ended.stderr.startswith("error: ")
    assert ended.stderr.count("\n") == 1
