"""What a survey would publish of a run: shares of groups of families that give each answer.

Shares are compared as arcsin(sqrt(share)), whose variance is 1 / (4 n) whatever the share (Anscombe 1948).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int64]


class Plans(NamedTuple):
    """A survey as it is compared: of plans, or of anything else that families are asked.

    Attributes
    ----------
    name, statistic : str
    labels : tuple of str
        Groups of families, one a row of the survey.
    group : int64[rows]
        Number of the group among those of the statistic.
    months : int64[rows]
        Months simulated when they were asked.
    dates : tuple of str
    answers : tuple of str
        Those that are compared.
    places : int64[answers]
        Number of each among those of the question.
    shares : float64[rows, answers]
        As published.
    households : float64[rows]
        Effective number of households asked.
    """

    name: str
    statistic: str
    labels: tuple[str, ...]
    group: Int
    months: Int
    dates: tuple[str, ...]
    answers: tuple[str, ...]
    places: Int
    shares: Float
    households: Float

    @property
    def names(self) -> list[str]:
        """Names of the statistics, row by row."""
        rows = zip(self.labels, self.dates)
        return [f"{self.name} {label} {date} {one}" for label, date in rows for one in self.answers]

    @property
    def observed(self) -> Float:
        """What was published, as it is compared."""
        return stabilised(self.shares).ravel()

    def only(self, kept: npt.NDArray[np.bool_]) -> "Plans":
        """Return some of the rows."""
        labels, dates = (tuple(np.array(each)[kept].tolist()) for each in (self.labels, self.dates))
        return self._replace(
            labels=labels,
            group=self.group[kept],
            months=self.months[kept],
            dates=dates,
            shares=self.shares[kept],
            households=self.households[kept],
        )

    def of(self, shares: Float, rows: npt.NDArray[np.bool_]) -> Float:
        """Return what rows of the survey ask for, of shares [groups, answers of the question]."""
        return shares[np.ix_(self.group[rows], self.places)]


def stabilised(shares: Float) -> Float:
    """Return shares on a scale where their variance does not depend on them."""
    found: Float = np.arcsin(np.sqrt(np.clip(shares, 0.0, 1.0)))
    return found


def answered(survey: Plans, shares: Float, luck: np.random.Generator) -> Float:
    """Return what a survey would publish of true shares [rows, answers], as it is compared."""
    noise = luck.standard_normal(shares.shape) / (2.0 * np.sqrt(survey.households))[:, None]
    found: Float = stabilised(shares) + noise
    return found.ravel()
