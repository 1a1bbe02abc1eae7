"""The span model: multilingual-e5-small with heads for where an answer starts and ends, or is not.

Three linear heads as in BERT's for SQuAD 2.0 (Devlin et al., NAACL 2019): start and end of the
answer, and "no answer here" from the first token. Unlike there, a token has scores for several of
its characters (`index.reading.encoding`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from index.reading.encoding import EDGES, Encoded

if TYPE_CHECKING:
    from transformers import BertModel


@dataclass(frozen=True, slots=True)
class Batch:
    """Encoded pairs, padded: `ids`, `mask` `(n, tokens)`, `start_at`, `end_at` `(n, chars)`."""

    ids: Tensor
    mask: Tensor | None  # None: nothing is padded
    start_at: Tensor
    end_at: Tensor


class SpanModel(nn.Module):
    """Character scores for start and end of an answer; the first column is "no answer here"."""

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        width = encoder.config.hidden_size
        self.encoder = encoder
        self.start = nn.Linear(width, EDGES)
        self.end = nn.Linear(width, EDGES)
        self.none = nn.Linear(width, 2)

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Start and end scores, each `(n, 1 + chars)`, -inf where no answer can start or end."""
        hidden = self.encoder(input_ids=batch.ids, attention_mask=batch.mask).last_hidden_state
        hidden = hidden.to(self.none.weight.dtype)
        none = self.none(hidden[:, 0])
        start = _by_character(self.start(hidden), batch.start_at)
        end = _by_character(self.end(hidden), batch.end_at)
        return torch.cat([none[:, :1], start], 1), torch.cat([none[:, 1:], end], 1)


def _by_character(scores: Tensor, places: Tensor) -> Tensor:
    found = scores.flatten(1).gather(1, places.clamp(min=0))
    return found.masked_fill(places < 0, -torch.inf)


def collate(pairs: Sequence[Encoded], pad: int) -> Batch:
    """One padded batch of at least one pair."""
    tokens = max(len(pair.ids) for pair in pairs)
    chars = max(len(pair.start_at) for pair in pairs)
    ids = np.full((len(pairs), tokens), pad, dtype=np.int64)
    start_at = np.full((len(pairs), chars), -1, dtype=np.int64)
    end_at = np.full((len(pairs), chars), -1, dtype=np.int64)
    for row, pair in enumerate(pairs):
        ids[row, : len(pair.ids)] = pair.ids
        start_at[row, : len(pair.start_at)] = pair.start_at
        end_at[row, : len(pair.end_at)] = pair.end_at
    whole = torch.from_numpy(ids)
    mask = (whole != pad).long()
    padded = bool((mask == 0).any())
    places = torch.from_numpy(start_at), torch.from_numpy(end_at)
    return Batch(whole, mask if padded else None, *places)
