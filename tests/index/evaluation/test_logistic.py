import math

import numpy as np
import pytest

from index.evaluation.logistic import fit_logistic


def test_without_a_telling_feature_the_bias_is_the_log_odds():
    model = fit_logistic([[0.0]] * 4, [True, True, True, False])
    assert model.bias == pytest.approx(math.log(3))
    assert model.weights == pytest.approx([0])
    assert model.probability([[5.0]]) == pytest.approx([0.75])


def test_two_groups_by_hand():
    # Feature 0: 1 of 4 right, log odds -ln 3; feature 1: 3 of 4, ln 3. Unhindered, the bias is
    # -ln 3 and the weight 2 ln 3.
    features = [[0.0]] * 4 + [[1.0]] * 4
    right = [1, 0, 0, 0, 1, 1, 1, 0]
    model = fit_logistic(features, right, l2=1e-9)
    assert model.bias == pytest.approx(-math.log(3), abs=1e-6)
    assert model.weights == pytest.approx([2 * math.log(3)], abs=1e-6)
    assert model.probability([[0.0], [1.0]]) == pytest.approx([0.25, 0.75], abs=1e-6)


def test_the_gradient_is_zero_with_a_penalty():
    rng = np.random.default_rng(1)
    features = rng.normal(size=(200, 3)) * [1, 10, 0.1]
    right = rng.random(200) < 1 / (1 + np.exp(-features[:, 0]))
    model = fit_logistic(features, right, l2=2.0)
    missed = model.probability(features) - right
    assert missed.sum() == pytest.approx(0, abs=1e-6)
    assert features.T @ missed + 2.0 * np.array(model.weights) == pytest.approx(
        np.zeros(3), abs=1e-5
    )


def test_the_weights_equal_scikit_learns():
    linear_model = pytest.importorskip("sklearn.linear_model")
    rng = np.random.default_rng(2)
    features = rng.normal(size=(300, 2))
    right = features @ [2.0, -1.0] + rng.logistic(size=300) > 0.5
    model = fit_logistic(features, right, l2=0.5)
    other = linear_model.LogisticRegression(C=2.0, tol=1e-10, max_iter=1000).fit(features, right)
    assert model.weights == pytest.approx(other.coef_[0], abs=1e-5)
    assert model.bias == pytest.approx(other.intercept_[0], abs=1e-5)


def test_parted_classes_and_huge_features_stay_finite():
    model = fit_logistic([[-1e3], [-2e3], [1e3], [2e3]], [False, False, True, True])
    assert model.probability([[-1e6], [0.0], [1e6]]) == pytest.approx([0, 0.5, 1], abs=1e-6)


def test_weights_that_do_not_settle_are_refused(monkeypatch):
    monkeypatch.setattr("index.evaluation.logistic.MAX_STEPS", 2)
    with pytest.raises(ValueError, match="after 2 steps"):
        fit_logistic([[0.0], [1.0], [1.0]], [False, True, False])


BAD = {
    "only right ones": ([[1.0], [2.0]], [True, True], 1.0, "both occur"),
    "nothing": (np.zeros((0, 1)), [], 1.0, "both occur"),
    "lengths": ([[1.0]], [True, False], 1.0, "do not fit"),
    "a flat list": ([1.0, 2.0], [True, False], 1.0, "do not fit"),
    "nan": ([[math.nan], [1.0]], [True, False], 1.0, "finite"),
    "no penalty": ([[1.0], [2.0]], [True, False], 0.0, "l2"),
}


@pytest.mark.parametrize(("features", "right", "l2", "fault"), BAD.values(), ids=BAD)
def test_what_can_not_be_fitted_is_refused(features, right, l2, fault):
    with pytest.raises(ValueError, match=fault):
        fit_logistic(features, right, l2)
