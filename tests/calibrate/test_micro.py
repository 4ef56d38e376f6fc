"""The logit of stated intentions: against statsmodels, what must not change it, what it covers, what it refuses."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.special import ndtr
from scipy.stats import t as student

from sim.calibrate import micro_newton
from sim.calibrate.micro import Logit, columns, covariates, fit_logit, intentions, shares, simulated_summary, summary
from sim.calibrate.micro_newton import log_probabilities
from sim.schema.errors import InputError
from sim.schema.survey import IntentionSurvey

TRUTH = np.array([[0.4, -0.8, 0.5], [-0.3, 0.6, 0.9]])  # constant, of the household, of the cluster
SPEC = IntentionSurvey(
    intention="plan",
    alternatives={"stay": ["Stay here"], "return": ["Go home", "Go home later"], "undecided": ["Waiting"]},
    no_answer=["Don't know", "Refused"],
    weight="w",
    cluster="site",
    stratum="region",
    numeric=["savings"],
    categorical={"tenure": ["owner", "tenant", "1"]},
)


@contextmanager
def unclustered() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "no clusters are given", UserWarning)
        yield


def clustered(rng: np.random.Generator, clusters: int = 60, size: int = 20, alike: float = 0.7) -> dict[str, Any]:
    """Households whose tastes are alike within clusters; by itself each follows the logit of TRUTH exactly.

    Gumbel tastes through a Gaussian copula with correlation ``alike`` within a cluster: what is estimated is known.
    """
    cluster = np.repeat(np.arange(clusters), size)
    shape = (clusters * size, len(TRUTH) + 1)
    common = rng.normal(size=(clusters, shape[1]))[cluster]
    taste = -np.log(-np.log(ndtr(np.sqrt(alike) * common + np.sqrt(1 - alike) * rng.normal(size=shape))))
    x = np.column_stack([np.ones(shape[0]), rng.normal(size=shape[0]), rng.normal(size=clusters)[cluster]])
    utility = np.column_stack([np.zeros(shape[0]), x @ TRUTH.T])
    weights = rng.integers(1, 5, clusters)[cluster].astype(float)
    return {"choice": (utility + taste).argmax(axis=1), "x": x, "weights": weights, "clusters": cluster}


def survey_table(seed: int = 1, households: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    site = rng.integers(0, 40, households)
    return pd.DataFrame(
        {
            "plan": rng.choice(["Stay here", "Go home", "Go home later", "Waiting"], households),
            "w": rng.uniform(0.5, 3, households),
            "site": site,
            "region": np.where(site < 20, "north", "south"),
            "savings": rng.normal(600, 200, households),
            "tenure": rng.choice(np.array(["owner", "tenant", 1], object), households),
        }
    )


def same(one: Logit, other: Logit, tolerance: float = 1e-8) -> None:
    np.testing.assert_allclose(one.coefficients, other.coefficients, rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(one.covariance, other.covariance, rtol=1e-6, atol=tolerance)


def peer(data: dict[str, Any], **kind: Any) -> Any:
    """Return statsmodels' fit, rows repeated by their weight."""
    discrete = pytest.importorskip("statsmodels.discrete.discrete_model")
    times = np.repeat(np.arange(len(data["choice"])), data["weights"].astype(int))
    if "groups" in kind.get("cov_kwds", {}):
        kind["cov_kwds"]["groups"] = data["clusters"][times]
    model = discrete.MNLogit(data["choice"][times], data["x"][times])
    return model.fit(method="newton", tol=1e-12, maxiter=100, disp=0, **kind)


def test_estimates_and_likelihood_are_those_of_statsmodels() -> None:
    data = clustered(np.random.default_rng(0))
    fit, other = fit_logit(**data), peer(data)
    np.testing.assert_allclose(fit.coefficients, np.asarray(other.params).T, atol=1e-6, rtol=0)
    assert fit.log_likelihood * data["weights"].mean() == pytest.approx(other.llf, abs=1e-6)
    np.testing.assert_allclose(fit.probabilities(data["x"][:5]), other.predict(data["x"][:5]), atol=1e-6)


def test_clustered_covariance_is_that_of_statsmodels_times_the_stated_factor() -> None:
    data = clustered(np.random.default_rng(0))
    fit = fit_logit(**data)
    other = peer(data, cov_type="cluster", cov_kwds={"groups": None, "use_correction": False})
    expected = np.asarray(other.cov_params()) * 60 / 59
    np.testing.assert_allclose(fit.covariance, expected, atol=1e-6, rtol=1e-6)


def test_without_clusters_the_covariance_is_white_s_with_a_warning() -> None:
    data = clustered(np.random.default_rng(2))
    uneven = data | {"weights": np.repeat([1.0, 3.0], 600), "clusters": None}
    with pytest.warns(UserWarning, match=r"no clusters are given.*design effect of the weights 1\.25"):
        assert fit_logit(**uneven).design_effect == pytest.approx(1200 * (600 + 600 * 9) / (600 * 4) ** 2)
    other = peer(data | {"weights": np.ones(1200)}, cov_type="HC0")
    with unclustered():
        fit = fit_logit(data["choice"], data["x"])
    np.testing.assert_allclose(fit.covariance, np.asarray(other.cov_params()) * 1200 / 1199, atol=1e-6, rtol=1e-6)
    assert len(fit.notes) == 1


def test_strata_take_out_what_lies_between_them() -> None:
    """Against the middle written out loop by loop."""
    data = clustered(np.random.default_rng(4))
    strata = np.array(["a", "b", "c"])[np.arange(1200) // 400]
    fit, weights, x = fit_logit(**data, strata=strata), data["weights"] / data["weights"].mean(), data["x"]
    chances = fit.probabilities(x)
    scores = [np.kron((np.eye(3)[c] - p)[1:], r) * w for c, p, r, w in zip(data["choice"], chances, x, weights)]
    middle = np.zeros((6, 6))
    for stratum in "abc":
        sites = np.unique(data["clusters"][strata == stratum])
        totals = [np.array(scores)[data["clusters"] == site].sum(axis=0) for site in sites]
        middle += np.cov(np.array(totals), rowvar=False, ddof=1) * len(totals)
    held = [w * np.kron(np.diag(p) - np.outer(p, p), np.outer(r, r)) for p, r, w in zip(chances[:, 1:], x, weights)]
    half = np.linalg.inv(np.sum(held, axis=0))
    np.testing.assert_allclose(fit.covariance, half @ middle @ half, rtol=1e-7, atol=1e-12)
    assert (fit.clusters, fit.strata, fit.degrees_of_freedom) == (60, 3, 57)


def test_rows_of_no_weight_change_only_the_count_of_clusters() -> None:
    data = clustered(np.random.default_rng(5))
    more = {name: np.concatenate([values, values[:20]]) for name, values in data.items()}
    more["weights"][1200:], more["clusters"][1200:] = 0.0, 60
    fit, wider = fit_logit(**data), fit_logit(**more)
    same(fit, replace(wider, covariance=wider.covariance * (60 / 59) / (61 / 60)))
    assert (wider.households, wider.clusters) == (1200, 61)


PROPERTY = settings(max_examples=25, deadline=None, database=None, derandomize=True)


@PROPERTY
@given(st.integers(0, 2**32 - 1), st.floats(1e-12, 1e12))
def test_scale_of_weights_and_order_of_rows_change_nothing(seed: int, scale: float) -> None:
    rng = np.random.default_rng(seed)
    data = clustered(rng, clusters=20, size=15)
    order = rng.permutation(300)
    fit = fit_logit(**data)
    same(fit, fit_logit(**data | {"weights": data["weights"] * scale}))
    same(fit, fit_logit(**{name: values[order] for name, values in data.items()}))


@PROPERTY
@given(st.integers(0, 2**32 - 1), st.floats(-1e3, 1e3))
def test_a_constant_on_every_utility_or_covariate_and_another_reference_change_nothing(seed: int, shift: float) -> None:
    rng = np.random.default_rng(seed)
    utility = rng.normal(0, 5, (10, 3))
    np.testing.assert_allclose(log_probabilities(utility + shift), log_probabilities(utility), atol=1e-10)
    data = clustered(rng, clusters=20, size=15)
    fit, turned = fit_logit(**data), fit_logit(**data | {"choice": (data["choice"] + 1) % 3})
    np.testing.assert_allclose(
        turned.coefficients, [-fit.coefficients[1], fit.coefficients[0] - fit.coefficients[1]], atol=1e-7
    )
    moved = fit_logit(**data | {"x": data["x"] + np.array([0.0, 0.0, shift])})
    np.testing.assert_allclose(moved.coefficients[:, 1:], fit.coefficients[:, 1:], atol=1e-7)
    np.testing.assert_allclose(moved.standard_errors[:, 1:], fit.standard_errors[:, 1:], rtol=1e-6)


def test_units_of_a_covariate_change_its_coefficient_alone() -> None:
    data = clustered(np.random.default_rng(6))
    units = np.array([1.0, 1e6, 1e-6])
    fit, other = fit_logit(**data), fit_logit(**data | {"x": data["x"] * units})
    same(fit, replace(other, coefficients=other.coefficients * units, covariance=fit.covariance))
    np.testing.assert_allclose(other.standard_errors * units, fit.standard_errors, rtol=1e-8)


@pytest.mark.slow
def test_intervals_cover_where_neighbours_are_alike() -> None:
    """90 % intervals of 400 samples, 60 clusters of 20.

    Over 1,500 samples the clustered intervals cover 0.875, since 60 clusters of unequal weight are not many (0.90 with
    240), and the naive ones 0.43 and less where all of a cluster share the covariate. The binomial standard error of
    one coefficient is 0.017; three of them to either side.
    """
    hits: dict[str, list[np.ndarray]] = {"clustered": [], "naive": []}
    rng = np.random.default_rng(20)
    for _ in range(400):
        data = clustered(rng)
        fit = fit_logit(**data)
        with unclustered():
            naive = fit_logit(**data | {"clusters": None})
        for name, one in (("clustered", fit), ("naive", naive)):
            half = student.ppf(0.95, one.degrees_of_freedom) * one.standard_errors
            hits[name].append(np.abs(one.coefficients - TRUTH) <= half)
    covered = {name: np.mean(found, axis=(0, 1)).round(3) for name, found in hits.items()}  # over alternatives
    print("90 % coverage of constant, household and cluster covariates:", covered)
    assert (covered["naive"][[0, 2]] < 0.5).all()
    assert ((covered["clustered"] > 0.825) & (covered["clustered"] < 0.925)).all()


def test_a_survey_table_is_fitted_as_its_arrays() -> None:
    table = survey_table()
    fit = intentions(table, SPEC)
    choice = table["plan"].map({"Stay here": 0, "Go home": 1, "Go home later": 1, "Waiting": 2}).to_numpy()
    dummies = [(table["tenure"] == value).to_numpy(float) for value in ("tenant", 1)]
    x = np.column_stack([np.ones(400), table["savings"], *dummies])
    same(fit, fit_logit(choice, x, table["w"].to_numpy(), table["site"].to_numpy(), table["region"].to_numpy(str)))
    assert fit.columns == columns(SPEC) == ("constant", "savings", "tenure=tenant", "tenure=1")
    assert (fit.alternatives, fit.households) == (("stay", "return", "undecided"), 400)


def test_rows_left_out_are_counted_once_and_no_answer_is_a_share() -> None:
    table = survey_table()
    table.loc[:1, "w"], table.loc[2:4, "w"] = np.nan, 0.0
    table.loc[[0, 5, 6], "plan"], table.loc[7, "plan"], table.loc[8, "plan"] = "Refused", "Don't know", None
    table.loc[[4, 8, 9], "savings"] = np.nan
    fit = intentions(table, SPEC)
    assert fit.left_out == {"weight missing": 2, "weight zero": 3, "no answer": 4, "covariate missing": 1}
    assert fit.households == 400 - 10
    weight = table["w"][5:]
    expected = {"Don't know": table["w"][7], "Refused": table["w"][[5, 6]].sum(), "blank": table["w"][8]}
    assert fit.no_answer == pytest.approx({name: part / weight.sum() for name, part in expected.items()})


def test_summaries_of_survey_and_simulation_are_alike() -> None:
    table = survey_table()
    fit = intentions(table, SPEC)
    choice = np.array([0 if plan == "Stay here" else 2 if plan == "Waiting" else 1 for plan in table["plan"]])
    found = simulated_summary(fit, choice, covariates(table, SPEC), table["w"].to_numpy())
    assert found.names == summary(fit).names
    assert found.names[:2] == ("return:constant", "return:savings")
    np.testing.assert_allclose(found.values, summary(fit).values, atol=1e-8)
    assert found.covariance.shape == summary(fit).covariance.shape == (8, 8)
    plain = simulated_summary(fit, choice, covariates(table, SPEC))
    assert np.abs(plain.values - found.values).max() > 1e-3
    with pytest.raises(InputError, match="nobody chose the alternative 'undecided'"):
        simulated_summary(fit, np.minimum(choice, 1), covariates(table, SPEC))
    with pytest.raises(InputError, match="it has 3 columns; allowed: 4 columns"):
        simulated_summary(fit, choice, covariates(table, SPEC)[:, :3])


def test_shares_of_a_simple_sample_have_the_textbook_error() -> None:
    spec = SPEC.model_copy(update={"weight": None, "cluster": None, "stratum": None})
    table = survey_table().drop(columns=["w", "site", "region", "savings"])
    with pytest.warns(UserWarning, match="no clusters are given"):
        found = shares(table, spec).set_index("alternative")
    p = (table["plan"] == "Stay here").mean()
    assert found.loc["stay", "share"] == pytest.approx(p)
    assert found.loc["stay", "standard_error"] == pytest.approx(np.sqrt(p * (1 - p) / 399))
    assert found.loc["stay", "no_answer"] == 0


def test_the_share_of_all_has_the_error_of_a_logit_of_constants() -> None:
    """The logit of a constant is the weighted share: standard errors agree by the delta method."""
    table = survey_table()
    spec = SPEC.model_copy(update={"numeric": [], "categorical": {}})
    fit, found = intentions(table, spec), shares(table, spec)
    p = found["share"].to_numpy()
    slope = (np.diag(p) - np.outer(p, p))[:, 1:]
    np.testing.assert_allclose(found["standard_error"] ** 2, np.diag(slope @ fit.covariance @ slope.T), rtol=1e-7)


def test_shares_by_group_add_up_and_are_those_of_a_domain() -> None:
    table = survey_table()
    table.loc[0, ["plan", "tenure"]] = "Refused", "owner"
    found = shares(table, SPEC, ["region", "tenure"])
    np.testing.assert_allclose(found.groupby(["region", "tenure"])["share"].sum(), 1.0)
    assert found["weight"].sum() / 3 == pytest.approx(table["w"][1:].sum())
    row = found[(found["tenure"] == 1) & (found["region"] == "north") & (found["alternative"] == "return")].iloc[0]
    inside = ((table["tenure"] == 1) & (table["region"] == "north")).to_numpy()
    gone = table["plan"].isin(["Go home", "Go home later"]).to_numpy()
    value = np.where(inside, table["w"] * (gone - row["share"]), 0.0) / table["w"][inside].sum()
    totals = np.array([value[table["site"] == site].sum() for site in range(20)])
    assert row["standard_error"] == pytest.approx(np.sqrt(20 * totals.var(ddof=1)))


def test_a_share_whose_error_is_not_known_has_none() -> None:
    table = survey_table()
    table["camp"] = np.where(table["site"] == 3, "lone", np.where(table["site"] == 4, "silent", "rest"))
    table.loc[table["camp"] == "silent", "plan"] = "Refused"
    found = shares(table, SPEC, "camp").set_index("camp")
    assert found.loc["lone", "standard_error"].isna().all()
    assert found.loc["lone", "clusters"].eq(1).all()
    assert found.loc["silent", ["share", "standard_error"]].isna().all(axis=None)
    assert found.loc["silent", "no_answer"].eq(1).all()
    assert found.loc["rest", "standard_error"].notna().all()


def changed(**cells: Any) -> pd.DataFrame:
    table = survey_table().astype({"w": object, "savings": object, "site": object})
    for name, value in cells.items():
        table.loc[0, name] = value
    return table


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (changed(plan="Go hme"), r"plan: .*did you mean 'Go home'\? \(found 'Go hme'\)"),
        (changed(tenure="tennant"), r"tenure: .*did you mean 'tenant'\?"),
        (changed(w=-1.0), r"w: a weight is negative \(found -1.0\)"),
        (changed(w="heavy"), r"w: not a number \(found 'heavy'\)"),
        (changed(w=np.inf), r"w: not a number"),
        (changed(savings="some"), r"savings: not a number"),
        (changed(site=None), "site: a household has no value here"),
        (changed(region=" "), "region: a household has no value here"),
        (survey_table().assign(w=0.0), "w: no household has a usable weight"),
        (survey_table().assign(plan="Refused"), "plan: no household stated a choice"),
        (survey_table().rename(columns={"savings": "saving"}), "missing - did you mean 'saving'?"),
        (pd.concat([survey_table(), survey_table()[["w"]]], axis=1), "w: this column appears twice"),
        (survey_table().assign(plan="Go home"), "nobody chose the alternative 'stay'"),
        (survey_table().assign(savings=1.0), "savings: collinear: it is a combination"),
        (survey_table().assign(tenure="tenant"), "tenure=tenant: collinear"),
        (survey_table().assign(region=lambda t: t["site"].eq(3).astype(str)), r"single cluster \(found 'True'"),
        ("plan.csv", "not a table"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused(table: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        intentions(table, SPEC)


def test_groups_that_cannot_be_used_are_refused() -> None:
    with pytest.raises(InputError, match="tenure: a household has no value here"):
        shares(changed(tenure=None), SPEC, "tenure")
    with pytest.raises(InputError, match="weight: a column has the name of a result"):
        shares(survey_table(), SPEC, "weight")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"no_answer": ["Waiting"]}, "answer 'Waiting' stands in two places"),
        ({"numeric": ["tenure"]}, "covariate 'tenure' stands in two places"),
        ({"categorical": {"tenure": ["owner", "owner"]}}, "category of tenure: 'owner'"),
        ({"numeric": ["plan"]}, "one of its own covariates"),
        ({"alternatives": {"stay": ["a"], "retrun": ["b"]}}, "retrun"),
        ({"alternatives": {"stay": ["a"]}}, "at least 2"),
    ],
)
def test_a_description_that_contradicts_itself_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        IntentionSurvey.model_validate(SPEC.model_dump() | change)


DATA = clustered(np.random.default_rng(7))
X, CHOICE = DATA["x"], DATA["choice"]


def spoiled(**change: Any) -> dict[str, Any]:
    return DATA | change


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (spoiled(x=np.column_stack([X, CHOICE == 2])), "3: separation: .*who chose '2', and its coefficient runs away"),
        (spoiled(x=np.column_stack([X, (CHOICE != 1) & (X[:, 1] > 0.5)])), "3: separation: .*who chose '1'"),
        (spoiled(x=np.column_stack([X, X[:, 1] - 2 * X[:, 2]]), columns=list("abcd")), "d: collinear"),
        (spoiled(x=np.column_stack([X, 0 * CHOICE]), columns=list("abcd")), "d: collinear: it is 0"),
        (spoiled(choice=np.where(CHOICE == 1, 2, CHOICE)), "nobody chose the alternative '1'"),
        (spoiled(choice=np.where(CHOICE == 1, 10**12, CHOICE)), r"not an alternative \(found 1000000000000\)"),
        (spoiled(alternatives=list("abcd")), "nobody chose the alternative 'd'"),
        (spoiled(choice=0 * CHOICE), "a single alternative"),
        (spoiled(choice=CHOICE - 1), r"not an alternative \(found -1\)"),
        (spoiled(choice=CHOICE.astype(float)), "not choices"),
        (spoiled(x=X[:, 0]), "not covariates"),
        (spoiled(x=X[:10]), "it has 10 rows"),
        (spoiled(x=np.where(X[3, 1] == X, np.nan, X)), "1: a covariate is missing or infinite"),
        (spoiled(columns=["a"]), "it has 3 columns"),
        (spoiled(weights=DATA["weights"] - 2), "not a weight"),
        (spoiled(weights=0 * DATA["weights"]), "no household has a weight above 0"),
        (spoiled(weights=np.ones(3)), "not weights"),
        (spoiled(clusters=np.zeros(1200, int)), "there is a single cluster"),
        (spoiled(clusters=np.full(1200, np.nan)), "clusters: not labels"),
        (spoiled(clusters=np.zeros(3, int)), "one label for each of 1200"),
        (spoiled(strata=np.arange(1200) // 600 + (np.arange(1200) == 0)), r"in two strata \(found 0\)"),
        (spoiled(strata=(DATA["clusters"] == 8).astype(int)), r"strata: a stratum has a single cluster \(found 1\)"),
        ({"choice": np.arange(2), "x": X[:2], "clusters": np.arange(2)}, "2 households are too few for 3 columns"),
    ],
)
def test_arrays_that_cannot_be_used_are_refused(data: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        fit_logit(**data)


def test_a_fit_that_does_not_converge_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(micro_newton, "MOST_STEPS", 2)
    with pytest.raises(InputError, match="not converged in 2 steps"):
        fit_logit(**DATA)


def test_fewer_clusters_than_coefficients_are_told() -> None:
    with pytest.warns(UserWarning, match="4 clusters in 1 strata are fewer than 6 coefficients"):
        assert fit_logit(**spoiled(clusters=DATA["clusters"] % 4)).notes
