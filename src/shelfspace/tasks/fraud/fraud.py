"""Alerts: accounts that look like fraud and what speaks for it, at a chosen rate of false alarms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from shelfspace.data.accounts import FRAUD, HONEST, Accounts
from shelfspace.encoders.graph.network import adjacency
from shelfspace.errors import OptionError
from shelfspace.tasks.fraud.described import Described
from shelfspace.tasks.fraud.labelled import FEWEST, LabelledScores, learn_labelled
from shelfspace.tasks.fraud.reasons import reasons_with_labels, reasons_without
from shelfspace.tasks.fraud.unlabelled import Strangeness, strange

Float64 = npt.NDArray[np.float64]

ALERTS: dict[str, pl.DataType] = {
    "account": pl.String(),
    "p_value": pl.Float64(),
    "probability": pl.Float64(),
    "score": pl.Float64(),
    "known": pl.String(),
    "why": pl.String(),
    "neighbours": pl.String(),
    "label": pl.String(),
}
_WORDS = {FRAUD: "fraud", HONEST: "honest"}
_LISTED = 5


@dataclass(frozen=True)
class Fraud:
    """Every account's `scores` [n], higher is more like fraud, and `p_values` [n], thresholds apart.

    With labels `learned` holds probabilities and p-values are the shares of known honest accounts that score
    as high, by models that had not seen them; without, `learned` is None and the whole population is taken.
    """

    accounts: Accounts
    network: Any
    scores: Float64
    p_values: Float64
    strange: Strangeness
    learned: LabelledScores | None

    def alerts(self, false_alarms: float = 0.01, most: int | None = None) -> pl.DataFrame:
        """A row for each account whose p-value is `false_alarms` at most, most suspicious first, `most` rows.

        `why` says what speaks most for it, `neighbours` names the most suspicious ones, `known` what was
        known before; `label` is empty, to be filled in and given back. Nothing is learned anew.

        Raises `OptionError` for a share outside (0, 1) or `most` below 1.
        """
        rows = self.flagged(false_alarms, most)
        likely = self.learned.probabilities if self.learned else np.full(len(self.accounts), np.nan)
        table = [
            (
                self.accounts.ids[row],
                float(self.p_values[row]),
                float(likely[row]) if self.learned else None,
                float(self.scores[row]),
                _WORDS.get(int(self.accounts.labels[row])),
                "; ".join(reason.text for reason in self.reasons(row)),
                ", ".join(self.accounts.ids[near] for near in self.neighbours(row)[:_LISTED]),
                None,
            )
            for row in rows
        ]
        return pl.DataFrame(table, schema=ALERTS, orient="row")

    def flagged(self, false_alarms: float = 0.01, most: int | None = None) -> list[int]:
        """The rows of `alerts`."""
        if not 0 < false_alarms < 1 or (most is not None and most < 1):
            raise OptionError(
                f"A share of false alarms of {false_alarms:g} and {most} alerts at most were asked for.",
                "The share lies above 0 and below 1, and one alert is the fewest.",
                "0.01 flags about one honest account in a hundred.",
            )
        order = np.argsort(-self.scores, kind="stable")
        return [int(row) for row in order if self.p_values[row] <= false_alarms][:most]

    def reasons(self, row: int) -> list[Any]:
        """What speaks for fraud in an account, strongest first: see `tasks.fraud.reasons`."""
        if self.learned is not None:
            return reasons_with_labels(self.learned, row)
        return reasons_without(self.accounts, self.network, self.strange, row)

    def neighbours(self, row: int) -> list[int]:
        """The account's neighbours, most suspicious first."""
        near = self.network.indices[self.network.indptr[row] : self.network.indptr[row + 1]]
        return [int(place) for place in near[np.argsort(-self.scores[near], kind="stable")]]


def find_fraud(accounts: Accounts, *, labels: bool = True, steps: int = 400, seed: int = 0) -> Fraud:
    """How much each account looks like fraud: by its labels where it has enough, otherwise by strangeness.

    Three known frauds and three known honest accounts are enough to learn from; `labels` False leaves them
    out. No account: nothing is found.
    """
    network = adjacency(accounts.edges, len(accounts))
    few = min(int((accounts.labels == label).sum()) for label in (FRAUD, HONEST)) < FEWEST
    if few or not labels:
        found = strange(accounts, network, steps=steps, seed=seed)
        return Fraud(accounts, network, found.scores, found.p_values, found, None)
    described = Described.of(accounts, steps=steps, seed=seed)
    found = strange(accounts, network, misfit=described.misfit)
    learned = learn_labelled(described, accounts.labels, seed=seed)
    honest = np.sort(learned.unseen[accounts.labels == HONEST])
    as_high = len(honest) - np.searchsorted(honest, learned.scores, side="left")
    p_values = (1 + as_high) / (1 + len(honest))
    return Fraud(accounts, network, learned.scores, np.asarray(p_values, np.float64), found, learned)
