"""Why an account is suspicious: in words, with the figures they rest on."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from shelfspace.data.accounts import Accounts
from shelfspace.encoders.graph.network import averaging
from shelfspace.tasks.fraud.labelled import LabelledScores
from shelfspace.tasks.fraud.unlabelled import Strangeness

_COUNTS = ("degree", "triangles", "known frauds around", "known neighbours", "neighbours' degree")
_FEATURES = 3


class Reason(NamedTuple):
    """What speaks for fraud: in words, by name, its value and its weight (log-odds, or −log10 of p)."""

    text: str
    name: str
    value: float
    weight: float


def reasons_with_labels(learned: LabelledScores, row: int) -> list[Reason]:
    """The columns that raise the account's log-odds most; counts are told as counts."""
    found = []
    for name, value, share in learned.reasons(row):
        told = float(np.expm1(value)) if name in _COUNTS else value
        found.append(Reason(f"{name} {told:.3g} ({share:+.2f})", name, told, share))
    return found


def reasons_without(accounts: Accounts, network: Any, found: Strangeness, row: int) -> list[Reason]:
    """Each kind of evidence that is rarer than one account in five, rarest first; misfits with features."""
    reasons: list[Reason] = []
    for kind, p_values in sorted(found.evidence.items(), key=lambda item: float(item[1][row])):
        p_value = float(p_values[row])
        if p_value > 0.2 and reasons:
            continue
        share = f"as strange as {100 * p_value:.2g} % of all"
        if kind == "density":
            shared = float(found.embeddedness[row])
            text = f"shares {shared:.3g} neighbours with each of its own on average, {share}"
            reasons.append(Reason(text, kind, shared, -float(np.log10(p_value))))
            continue
        odd = ", ".join(_odd_features(accounts, network, row))
        text = f"does not fit its neighbours{f' in {odd}' if odd else ''}, {share}"
        reasons.append(Reason(text, kind, float(found.misfit.own[row]), -float(np.log10(p_value))))
    return reasons


def _odd_features(accounts: Accounts, network: Any, row: int) -> list[str]:
    """The features that lie farthest from the neighbours' mean, in standard deviations of all accounts."""
    if network.indptr[row] == network.indptr[row + 1] or not accounts.columns:
        return []
    mean = (averaging(network[[row]]) @ accounts.features)[0]
    spread = accounts.features.std(axis=0)
    gaps = (accounts.features[row] - mean) / np.where(spread > 1e-12, spread, np.inf)
    best = np.argsort(-np.abs(gaps), kind="stable")[:_FEATURES]
    return [f"{accounts.columns[place]} ({gaps[place]:+.1f} sd)" for place in best if gaps[place]]
