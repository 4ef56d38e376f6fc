"""What the months of a run change, as flat arrays by name, and back: what a checkpoint keeps."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


class Changing:
    """Base of the objects that months change.

    Everything an instance holds is kept, but for the attributes of NOT_KEPT: those that follow from the inputs.
    A new attribute is therefore kept without being listed, and one that cannot be kept is refused
    when the first checkpoint is made.
    """

    NOT_KEPT: ClassVar[tuple[str, ...]] = ()

    def snapshot(self) -> dict[str, Array]:
        """Return what months have changed so far, by dotted name; the arrays themselves, not copies."""
        return flat(self._changing())

    def restore(self, arrays: Mapping[str, Array]) -> None:
        """Take over a snapshot of an object made from the same inputs."""
        for name, value in refilled(self._changing(), arrays).items():
            setattr(self, name, value)

    def _changing(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name not in self.NOT_KEPT}


def flat(value: Any, name: str = "") -> dict[str, Array]:
    """Return the arrays, numbers and texts of nested mappings, NamedTuples and dataclasses by dotted name.

    Raises
    ------
    TypeError
        For anything that is not plain data: it could be kept by running foreign code only.
    """
    parts = _parts(value)
    if parts is not None:
        return {path: array for part in parts for path, array in flat(parts[part], _joined(name, part)).items()}
    try:
        array = np.asarray(value)
    except ValueError:  # of several lengths
        array = np.asarray(None)
    if array.dtype.hasobject:
        raise TypeError(f"{name}: {type(value).__name__} is not plain data; keep arrays, or name it in NOT_KEPT")
    return {name: array}


def refilled(like: Any, arrays: Mapping[str, Array], name: str = "") -> Any:
    """Return what `flat` made arrays of; ``like`` gives the structure, of which arrays may differ in length."""
    parts = _parts(like)
    if parts is not None:
        filled = {part: refilled(parts[part], arrays, _joined(name, part)) for part in parts}
        return filled if isinstance(like, dict) else type(like)(**filled)
    array = arrays[name]
    if isinstance(like, np.ndarray):
        if (array.dtype, array.ndim) != (like.dtype, like.ndim):
            raise ValueError(f"{name} holds {array.dtype}[{array.ndim}], not {like.dtype}[{like.ndim}]")
        return array
    return type(like)(array.tolist()) if isinstance(like, list | tuple) else array.item()


def _parts(value: Any) -> dict[str, Any] | None:
    if isinstance(value, dict):
        return value
    if hasattr(value, "_asdict"):
        return dict(value._asdict())
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return None


def _joined(name: str, part: str) -> str:
    return f"{name}.{part}" if name else part
