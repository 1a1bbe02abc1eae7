"""The error tree."""

import inspect

import pytest

from index import errors
from index.errors import QinwenError

CLASSES = [
    one for one in vars(errors).values() if inspect.isclass(one) and issubclass(one, Exception)
]


@pytest.mark.parametrize("error", CLASSES)
def test_every_error_has_one_root_a_docstring_and_an_exit_code(error):
    assert issubclass(error, QinwenError)
    assert error.__doc__
    assert error.exit_code in (1, 2, 3)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("QinwenError", 1),
        ("StorageError", 1),
        ("PostError", 1),
        ("SettingsError", 2),
        ("QuestionError", 2),
        ("RemovalGuardError", 2),
        ("BusyError", 2),
        ("IndexMissingError", 3),
        ("SnapshotError", 3),
    ],
)
def test_exit_codes(name, code):
    assert getattr(errors, name).exit_code == code


def test_message_and_remedy():
    error = QinwenError("The cup is empty.", "Fill it.")
    assert (error.message, error.remedy) == ("The cup is empty.", "Fill it.")
    assert str(error) == "The cup is empty. Fill it."
    assert str(QinwenError("The cup is empty.")) == "The cup is empty."
    assert error.args == ("The cup is empty.",)
