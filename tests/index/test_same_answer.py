"""Whether two answers say the same."""

from decimal import Decimal

import pytest
from hypothesis import given

from index.same_answer import Figure, figure_of, same_answer
from tests.factories import UNHURRIED, ugly_texts

SAME = [
    ("67.8万", "67.8万人"),
    ("67.8万人", "678,000人"),
    ("1,200", "1200"),
    ("1,200辆", "1200 辆"),
    ("约3.54亿美元", "3.54亿美元"),
    ("超40亿元", "40亿元左右"),
    ("4%", "4.00%"),
    ("4％", "４%"),
    ("-4%", "−4.0%"),
    ("5个", "5个码头"),
    ("100多人", "100人以上"),
    ("30亿元", "30亿元人民币"),
    ("30亿元", "30亿人民币"),
    ("0.3万亿元", "3000亿元"),
    ("5个百分点", "5百分点"),
    ("不到40亿元", "40亿元以下"),
    ("林知远", "董事长林知远"),
    ("青石桥梁", "青石桥梁集团"),
    ("《海雾志》", "海雾志"),
    ("“海雾大桥”。", "海霧大橋"),
    ("12月8日", "2021年12月8日"),
    ("2021年", "2021年12月8日"),
    ("8.4亿元", "营业收入达到8.4亿元"),
    ("FF 91", "ff91"),
    ("😀", "😀"),
]
OTHER = [
    ("30亿", "40亿"),
    ("30亿元", "30亿美元"),
    ("30亿元", "30亿港元"),
    ("40", "40亿"),
    ("4%", "14%"),
    ("4%", "4"),
    ("4%", "4个百分点"),
    ("4%", "-4%"),
    ("12个", "12家"),
    ("不到40亿元", "超40亿元"),
    ("40万", "40万亿"),
    ("8日", "18日"),
    ("1月8日", "11月8日"),
    ("2.5亿元", "营收12.5亿元"),
    ("5亿元", "营收12.5亿元"),
    ("40", "营收40亿元"),
    ("40万", "规模40万亿元"),
    ("6.3", "6.3-6.7"),
    ("30亿元至40亿元", "30亿元至50亿元"),
    ("同意", "不同意"),
    ("上涨", "没有上涨"),
    ("林", "林知远"),
    ("青石国寿", "中国人寿青石市分公司"),
    ("中信证券", "中信建投"),
    ("😀", "🎉"),
]


@pytest.mark.parametrize(("first", "second"), SAME)
def test_the_same(first: str, second: str) -> None:
    assert same_answer(first, second) and same_answer(second, first)


@pytest.mark.parametrize(("first", "second"), OTHER)
def test_something_else(first: str, second: str) -> None:
    assert not same_answer(first, second) and not same_answer(second, first)


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("约3.54亿美元", Figure(Decimal(354_000_000), "美元", False)),
        ("“1,200辆”", Figure(Decimal(1200), "辆", False)),
        ("不到5%", Figure(Decimal(5), "%", True)),
        ("-2.5%", Figure(Decimal("-2.5"), "%", False)),
        ("+3个百分点", Figure(Decimal(3), "百分点", False)),
        ("5百分点", Figure(Decimal(5), "百分点", False)),
        ("7千万港币", Figure(Decimal(70_000_000), "港元", False)),
    ],
)
def test_figures(text: str, figure: Figure) -> None:
    assert figure_of(text) == figure


@pytest.mark.parametrize("text", ["", "林知远", "12月8日", "3至5家", "3-5家", "从3元涨到4元", "%"])
def test_no_figures(text: str) -> None:
    assert figure_of(text) is None


@given(ugly_texts, ugly_texts)
@UNHURRIED
def test_symmetric_and_true_of_itself(first: str, second: str) -> None:
    assert same_answer(first, first)
    assert same_answer(first, second) is same_answer(second, first)
