"""The one place of closed forms: where a spectral contrastive objective has its optimum without training.

HaoChen et al. (2021) show that the optimum factorises the normalised co-occurrence of views. Listings
(`lexical_token_vectors`), users and products or sequences (`spectral_factors`), and photo and title
(`canonical_correlation`), words and the words beside them (`company_vectors`) are cases of it;
`spectral_contrastive` is the loss that all of them minimise. `item_filter` scores by the whole spectrum.
"""

from shelfspace.objectives.spectral.company import company_vectors
from shelfspace.objectives.spectral.contrastive import spectral_contrastive
from shelfspace.objectives.spectral.correlation import Correlation, canonical_correlation
from shelfspace.objectives.spectral.factors import SpectralFactors, normalised_cooccurrence, spectral_factors
from shelfspace.objectives.spectral.item_filter import item_filter
from shelfspace.objectives.spectral.svd import SingularVectors, truncated_svd
from shelfspace.objectives.spectral.tokens import lexical_token_vectors
from shelfspace.objectives.spectral.transitions import followed_by

__all__ = [
    "Correlation",
    "SingularVectors",
    "SpectralFactors",
    "canonical_correlation",
    "company_vectors",
    "followed_by",
    "item_filter",
    "lexical_token_vectors",
    "normalised_cooccurrence",
    "spectral_contrastive",
    "spectral_factors",
    "truncated_svd",
]
