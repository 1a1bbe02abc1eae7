"""Date and category limits, applied before top-k.

`None` means any; an empty set means none. The two are never mixed up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

NO_DAY = np.iinfo(np.int32).min  # the day column of a post without a date
IdArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Filters:
    """Limits of a search; both days inclusive. A passage without a date fails any date limit."""

    since: date | None = None
    until: date | None = None
    categories: frozenset[str] | None = None

    @property
    def is_open(self) -> bool:
        """True when nothing is limited."""
        return self.since is None and self.until is None and self.categories is None


NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class Columns:
    """What filters look at, one row per passage, `ids` ascending.

    `days` counts days since 0001-01-01 (`date.toordinal`), `NO_DAY` where unknown; `category_codes`
    indexes `category_sets`.
    """

    ids: IdArray  # (n,) int64
    days: npt.NDArray[np.int32]  # (n,)
    category_codes: npt.NDArray[np.int32]  # (n,)
    category_sets: tuple[frozenset[str], ...]

    def allowed(self, filters: Filters) -> IdArray | None:
        """The ids that pass, ascending; None when every passage passes because nothing is limited.

        An empty array means that nothing passes.
        """
        if filters.is_open:
            return None
        mask = np.ones(len(self.ids), dtype=bool)
        if filters.since is not None:
            mask &= self.days >= filters.since.toordinal()
        if filters.until is not None:
            mask &= (self.days <= filters.until.toordinal()) & (self.days != NO_DAY)
        if filters.categories is not None:
            wanted = filters.categories
            codes = [code for code, names in enumerate(self.category_sets) if names & wanted]
            mask &= np.isin(self.category_codes, codes)
        return self.ids[mask]
