import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from index.errors import SettingsError
from index.evaluation.calibration import Judged
from index.evaluation.plots import (
    answers_svg,
    confidence_svg,
    latency_svg,
    refusal_svg,
    reliability_svg,
    write_svgs,
)

JUDGED = [
    Judged(0.2, False, False),
    Judged(0.4, True, True),
    Judged(0.6, False, True),
    Judged(0.8, True, True),
    Judged(0.85, True, True),
]
PLOTS = {
    "reliability": lambda judged: reliability_svg(judged),
    "refusal": lambda judged: refusal_svg(judged, 0.5),
    "answers": lambda judged: answers_svg(judged, 0.5),
    "confidence": lambda judged: confidence_svg(judged, 0.5),
    "latency": lambda judged: latency_svg([100 * one.confidence for one in judged]),
}


def _words(svg):
    return re.findall(r"<text[^>]*>([^<]+)</text>", svg)


@pytest.mark.parametrize("plot", PLOTS.values(), ids=PLOTS)
@pytest.mark.parametrize("judged", [JUDGED, JUDGED[:1], []], ids=["some", "one", "none"])
def test_it_is_one_svg_that_loads_nothing(plot, judged):
    svg = plot(judged)
    root = ElementTree.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert svg.startswith("<svg") and svg.rstrip().endswith("</svg>")
    # Nothing but the names of the two XML vocabularies.
    assert set(re.findall(r'https?://[^"]+', svg)) == {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }
    assert "<image" not in svg and "@import" not in svg
    assert set(re.findall(r"url\((.)", svg)) <= {"#"}
    assert not re.search(r"\bnan\b", svg)


@pytest.mark.parametrize("plot", PLOTS.values(), ids=PLOTS)
def test_equal_numbers_give_equal_text(plot):
    assert plot(JUDGED) == plot(list(JUDGED))


def test_ids_of_several_plots_are_different():
    ids = [re.findall(r' id="([^"]+)"', plot(JUDGED)) for plot in PLOTS.values()]
    every = [one for part in ids for one in part]
    assert every and len(every) == len(set(every))


def test_the_reliability_shows_how_many_questions_stand_behind_a_point():
    # One in 0.2 to 0.3, one in 0.4 to 0.5, one in 0.6 to 0.7, two in 0.8 to 0.9.
    counts = [word for word in _words(reliability_svg(JUDGED)) if word.isdecimal()]
    assert counts == ["1", "1", "1", "2"]


def test_lines_and_marks_are_named():
    assert {"precision", "recall", "f1", "threshold 0.5"} <= set(_words(refusal_svg(JUDGED, 0.5)))
    assert "threshold" in _words(refusal_svg(JUDGED))  # the axis alone
    assert not [word for word in _words(refusal_svg(JUDGED)) if word.startswith("threshold ")]
    assert {"answered", "right", "wrong"} <= set(_words(answers_svg(JUDGED)))
    assert {"right", "wrong", "unanswerable"} <= set(_words(confidence_svg(JUDGED)))
    # p95 at place 2.85: 40 + 0.85 * 40.
    assert {"p50: 30.0 ms", "p95: 74.0 ms"} <= set(_words(latency_svg([80, 10, 40, 20])))


def test_the_curve_is_drawn_where_the_threshold_curve_says():
    # One right answer at 0.5: thresholds 0 and 0.75, of one and of no answer. The lines of
    # "answered" and "right" run alike, "wrong" stays at 0, so two ends differ in all.
    svg = answers_svg([Judged(0.5, True, True)])
    lines = re.findall(r'<path d="(M [^"]+)" clip-path[^>]+stroke: #(767676|0b5cad|c8501e)', svg)
    ends = {colour: re.findall(r"[ML] ([\d.]+) ([\d.]+)", path) for path, colour in lines}
    assert ends["767676"] == ends["0b5cad"]
    (first, last), (low_first, low_last) = ends["767676"], ends["c8501e"]
    assert (first[0], last[0]) == (low_first[0], low_last[0])
    assert float(first[1]) < float(low_first[1]) and last[1] == low_last[1]


def test_both_files_are_written_for_the_docs(tmp_path):
    paths = write_svgs(tmp_path, JUDGED, 0.5)
    assert [path.name for path in paths] == ["reliability.svg", "refusal.svg"]
    for path, svg in zip(paths, (reliability_svg(JUDGED), refusal_svg(JUDGED, 0.5)), strict=True):
        assert path.read_text(encoding="utf-8").partition("\n")[2] == svg
        assert ElementTree.parse(path).getroot().tag.endswith("svg")


def test_files_in_a_folder_that_is_not_there_are_refused(tmp_path):
    with pytest.raises(SettingsError, match="does not exist"):
        write_svgs(tmp_path / "gone", JUDGED)


def test_nothing_global_changes():
    """A program that draws for itself finds its settings as they were, and no new figure."""
    code = (
        "import matplotlib; before = dict(matplotlib.rcParams)\n"
        "from index.evaluation.plots import latency_svg; latency_svg([1.0, 2.0])\n"
        "from matplotlib import pyplot\n"
        "print(dict(matplotlib.rcParams) == before, pyplot.get_fignums())"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ran.stdout.split() == ["True", "[]"], ran.stderr
