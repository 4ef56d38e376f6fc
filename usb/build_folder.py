"""Prepares a folder for a stick: Python for Windows, every wheel unpacked, a file to start the live page.

``python usb/build_folder.py --python python-3.11.9-embed-amd64.zip --out what-if`` needs the internet, through pip, and
Python's embeddable package, which is downloaded by hand from python.org. What it writes needs neither: nothing is
installed on the machine where the folder is opened. With ``--wheels FOLDER`` nothing is downloaded at all.

Only the standard library is used, so that any Python can prepare the folder.
"""

import argparse
import compileall
import hashlib
import py_compile
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent
PROJECT, EXTRA = "solutions-sim", "live"
RUNTIME = "msvc-runtime"  # Microsoft's C++ runtime beside python.exe: numba needs it, and not every Windows has it
START, README, SUMS = "Start what-if.cmd", "README.txt", "SHA256SUMS"
NEEDED = ("solutions_sim", "starlette", "uvicorn", "msvc_runtime")  # without one of these the page does not start
PLATFORM = "win_amd64"
PACKAGES = PurePosixPath("Lib/site-packages")
#: Where a wheel's ``.data`` folders go, from the folder of Python; headers are left out.
DATA = {
    "purelib": PACKAGES,
    "platlib": PACKAGES,
    "data": PurePosixPath("."),
    "scripts": PurePosixPath("Scripts"),
}
_PTH = re.compile(r"python3(\d+)\._pth")
_WHEEL = re.compile(r"(?P<name>[^-]+)-[^-]+(-\d[^-]*)?-(?P<python>[^-]+)-(?P<abi>[^-]+)-(?P<platform>[^-]+)\.whl")
_ON_WINDOWS = re.compile(
    r"""(platform_system\s*==\s*['"]Windows|sys_platform\s*==\s*['"]win32|os_name\s*==\s*['"]nt)"""
)


class Refused(Exception):
    """What was given cannot make a folder; the message says why."""


def build(python: Path, out: Path, wheels: Path | None = None) -> None:
    """Write the folder.

    Parameters
    ----------
    python : Path
        Python's embeddable package for Windows, 64 bit.
    out : Path
        A folder that does not exist, or is empty.
    wheels : Path, optional
        Folder of all wheels, instead of downloading them.

    Raises
    ------
    Refused
        Where a file is not what it should be; then nothing is left of the folder.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise Refused(f"{out}: is taken; name a new or empty folder")
    minor = minor_version(python)
    with tempfile.TemporaryDirectory(prefix="solutions-sim-") as scratch:
        found = sorted((wheels or downloaded(minor, Path(scratch) / "wheels")).glob("*.whl"))
        check_wheels(found, minor)
        draft = Path(scratch) / "folder"
        unpack_python(python, draft / "python")
        for wheel in found:
            unpack_wheel(wheel, draft / "python")
        precompile(draft / "python", minor)
        for name in (START, README):
            as_windows_text(HERE / name, draft / name)
        write_sums(draft)
        shutil.copytree(draft, out, dirs_exist_ok=True)


def minor_version(python: Path) -> int:
    """Return 11 for an embeddable package of Python 3.11."""
    try:
        with zipfile.ZipFile(python) as package:
            names = package.namelist()
    except (OSError, zipfile.BadZipFile) as error:
        raise Refused(f"{python}: is no zip file that can be read ({error})") from None
    minors = [int(match[1]) for match in map(_PTH.fullmatch, names) if match]
    if len(minors) != 1 or "python.exe" not in names:
        raise Refused(f"{python}: is not Python's embeddable package for Windows (python-3.11.N-embed-amd64.zip)")
    return minors[0]


def downloaded(minor: int, folder: Path) -> Path:
    """Return a folder with the project's own wheel and those of everything it needs on Windows."""
    pip("wheel", "--no-deps", "--wheel-dir", str(folder), str(REPOSITORY))
    own = next(folder.glob("*.whl"))
    wanted = [f"{PROJECT}[{EXTRA}] @ {own.as_uri()}", RUNTIME]
    asked: set[str] = set()
    while wanted:
        target = ("--only-binary", ":all:", "--platform", PLATFORM, "--python-version", f"3.{minor}")
        pip("download", *target, "--dest", str(folder), "--find-links", str(folder), *wanted)
        asked |= set(wanted)
        wanted = sorted({need for wheel in folder.glob("*.whl") for need in windows_needs(wheel)} - asked)
    return folder


def pip(*arguments: str) -> None:
    """Run pip, and refuse where it fails: it has said why."""
    if subprocess.run([sys.executable, "-m", "pip", *arguments], check=False).returncode:
        raise Refused(f"pip {arguments[0]} failed")


def windows_needs(wheel: Path) -> Iterator[str]:
    """Yield what a wheel needs on Windows alone: pip judges that by the machine on which it runs."""
    with zipfile.ZipFile(wheel) as archive:
        name = next((one for one in archive.namelist() if one.endswith(".dist-info/METADATA")), None)
        if name is None:
            raise Refused(f"{wheel.name}: holds no METADATA")
        lines = archive.read(name).decode("utf-8").splitlines()
    for line in lines:
        need, _, marker = line.removeprefix("Requires-Dist:").partition(";")
        if line.startswith("Requires-Dist:") and _ON_WINDOWS.search(marker) and "extra" not in marker:
            yield need.strip()


def check_wheels(wheels: list[Path], minor: int) -> None:
    """Refuse wheels for another system or another Python, and a set that lacks what the page needs."""
    names = {wheel.name.partition("-")[0].lower() for wheel in wheels}
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise Refused(f"no wheel of {', '.join(missing)}")
    for wheel in wheels:
        if not fits(wheel.name, minor):
            raise Refused(f"{wheel.name}: is not for Python 3.{minor} on 64-bit Windows")


def fits(name: str, minor: int) -> bool:
    """Return whether a wheel of this file name runs on Python 3.``minor`` on 64-bit Windows."""
    found = _WHEEL.fullmatch(name)
    if found is None:
        return False
    systems, pythons = found["platform"].split("."), found["python"].split(".")
    if not {"any", PLATFORM} & set(systems):
        return False
    if found["abi"] == "abi3":
        return any(one.startswith("cp3") and int(one[3:] or 0) <= minor for one in pythons)
    return bool({"py3", f"py3{minor}", f"cp3{minor}"} & set(pythons))


def unpack_python(package: Path, folder: Path) -> None:
    """Unpack the embeddable package, and let it see the folder of packages, and nothing of the machine."""
    unpack(package, folder, PurePosixPath)
    path_file = next(folder.glob("python3*._pth"))
    path_file.write_text(f"{path_file.stem}.zip\n.\n{PACKAGES}\n".replace("/", "\\"), encoding="utf-8", newline="\r\n")


def unpack_wheel(wheel: Path, folder: Path) -> None:
    """Unpack a wheel as an installer would, its ``.data`` folders where they belong."""
    unpack(wheel, folder, target_of)


def target_of(name: str) -> PurePosixPath | None:
    """Return where a file of a wheel goes, from the folder of Python; None for one that is left out."""
    path = PurePosixPath(name)
    if not path.parts or not path.parts[0].endswith(".data"):
        return PACKAGES / path
    place = DATA.get(path.parts[1]) if len(path.parts) > 2 else None
    return None if place is None else place.joinpath(*path.parts[2:])


def unpack(archive: Path, folder: Path, target: Callable[[str], PurePosixPath | None]) -> None:
    """Write every file of an archive to where ``target`` says; refuse a name that leads out of the folder."""
    with zipfile.ZipFile(archive) as found:
        for info in found.infolist():
            if info.is_dir():
                continue
            if leads_out(info.filename):
                raise Refused(f"{archive.name}: holds a file outside of its folder, {info.filename}")
            place = target(info.filename)
            if place is not None:
                path = folder / place
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(found.read(info))


def leads_out(name: str) -> bool:
    """Return whether the name of a file in an archive may lead out of the folder, here or on Windows."""
    return name.startswith("/") or ".." in name.split("/") or "\\" in name or ":" in name


def precompile(folder: Path, minor: int) -> None:
    """Keep byte code beside the sources, where this Python is the same: a start from a stick is then quicker."""
    if sys.version_info[:2] == (3, minor):
        mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
        compileall.compile_dir(folder / PACKAGES, quiet=2, invalidation_mode=mode)


def as_windows_text(source: Path, target: Path) -> None:
    """Copy a text with line ends, and for what is read by people the mark, that every Windows understands."""
    encoding = "utf-8-sig" if source.suffix == ".txt" else "ascii"
    target.write_text(source.read_text(encoding="utf-8"), encoding=encoding, newline="\r\n")


def write_sums(folder: Path) -> None:
    """Write the SHA-256 of every file, as ``sha256sum --check`` reads them."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [f"{_sum(path)}  {path.relative_to(folder).as_posix()}\n" for path in files]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8", newline="\n")


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main() -> int:
    """Build the folder the command line asks for; return the exit code."""
    parser = argparse.ArgumentParser(description="Prepare a folder that runs the live page on Windows, offline.")
    parser.add_argument("--python", type=Path, required=True, metavar="ZIP", help="Python's embeddable package")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="a new or empty folder")
    parser.add_argument("--wheels", type=Path, metavar="FOLDER", help="all wheels, instead of downloading them")
    asked = parser.parse_args()
    try:
        build(asked.python, asked.out, asked.wheels)
    except Refused as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    size = sum(path.stat().st_size for path in asked.out.rglob("*") if path.is_file())
    sys.stdout.write(f"Written: {asked.out}, {size / 1e6:,.0f} MB. Start it with '{START}'.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
