"""How a survey table is read: which column holds what, and how answers become alternatives."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from sim.schema.base import MOST_TITLE, Prose, Strict

Column = Annotated[Prose, Field(min_length=1, max_length=MOST_TITLE)]
Category = Annotated[Prose, StringConstraints(min_length=1, max_length=MOST_TITLE, strip_whitespace=True)]
Alternative = Literal[
    "return", "stay", "local_integration", "settlement_elsewhere", "displaced_elsewhere", "undecided"
]  # the model's intentions, and one that only people state


class IntentionSurvey(Strict):
    """A survey in which households state where they intend to live.

    Categories are compared as text, without blanks around it; whole numbers are written without a decimal point.
    """

    intention: Column = Field(description="Column of the stated intention")
    alternatives: dict[Alternative, Annotated[list[Category], Field(min_length=1)]] = Field(
        min_length=2, description="Answers that count as each alternative; the first alternative is the reference"
    )
    no_answer: list[Category] = Field([], description="Answers that are no choice: don't know, refused")
    weight: Column | None = Field(None, description="Column of the survey weight; every household alike if left out")
    cluster: Column | None = Field(None, description="Column of the cluster (primary sampling unit)")
    stratum: Column | None = Field(None, description="Column of the stratum that clusters were drawn in")
    numeric: list[Column] = Field([], description="Columns of covariates that are numbers")
    categorical: dict[Column, Annotated[list[Category], Field(min_length=2)]] = Field(
        {}, description="Columns of covariates that are categories, and these; each is compared with the first"
    )

    @model_validator(mode="after")
    def _nothing_stands_twice(self) -> "IntentionSurvey":
        _once([*self.no_answer, *(answer for counted in self.alternatives.values() for answer in counted)], "answer")
        _once(self.covariates, "covariate")
        for column, categories in self.categorical.items():
            _once(categories, f"category of {column}:")
        if self.intention in self.covariates:
            raise ValueError(f"the intention {self.intention} cannot be one of its own covariates")
        return self

    @property
    def answers(self) -> dict[str, str]:
        """Alternative that each answer counts as."""
        return {answer: name for name, counted in self.alternatives.items() for answer in counted}

    @property
    def covariates(self) -> list[str]:
        """Columns of all covariates, numeric ones first."""
        return [*self.numeric, *self.categorical]


def _once(names: list[str], what: str) -> None:
    for at, name in enumerate(names):
        if name in names[:at]:
            raise ValueError(f"{what} '{name}' stands in two places")
