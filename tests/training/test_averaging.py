"""The shipped weights are the mean of those at several points of training."""

import pytest

torch = pytest.importorskip("torch", reason="the extra `train` is not installed")
from sentiment.training.__main__ import average  # noqa: E402


def test_each_weight_is_the_mean_of_its_values_at_the_ends():
    ends = [{"weight": torch.tensor([[value, 2 * value]]), "bias": torch.tensor([-value])} for value in (1.0, 4.0)]
    mean = average(ends)
    assert {name: each.tolist() for name, each in mean.items()} == {"weight": [[2.5, 5.0]], "bias": [-2.5]}
    net = torch.nn.Linear(2, 1)
    net.load_state_dict(mean)
    before = average([mean, net.state_dict()])
    torch.nn.init.zeros_(net.weight)
    assert before["weight"].tolist() == [[2.5, 5.0]]
