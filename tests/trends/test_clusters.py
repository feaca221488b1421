"""Groups of vectors against ones known by how they were made."""

import numpy as np
import pytest

from trends import clusters
from trends.clusters import chance_tightness, cohesion, find_groups, make_space

WIDTH = 96


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def around(generator, centre, count):
    """Rows about a direction, with what all rows share."""
    return unit(centre + 1 + 0.7 * generator.standard_normal((count, WIDTH)))


def mostly(group, first, last):
    """A group without the noise (rows `first` to `last`) in it, of which some part is near to anything by chance."""
    strays = [row for row in group if first <= row < last]
    assert len(strays) <= 0.03 * (last - first)
    return [row for row in group if row not in strays]


@pytest.fixture
def generator():
    return np.random.default_rng(7)


@pytest.fixture
def background(generator):
    return unit(generator.standard_normal((400, WIDTH)) + 1)


def test_groups_are_found_among_noise_and_noise_is_left_alone(generator, background):
    first, second = generator.standard_normal((2, WIDTH))
    noise = unit(generator.standard_normal((60, WIDTH)) + 1)
    rows = np.concatenate([around(generator, first, 8), noise, around(generator, second, 5)])
    space = make_space(background, rows)
    groups, compared = find_groups(space.place(rows), space, least=3)
    assert [mostly(group, 8, 68) for group in groups] == [list(range(8)), list(range(68, 73))]
    assert compared == 73


@pytest.mark.parametrize("seed", range(5))
def test_noise_alone_has_no_groups(seed, background):
    rows = unit(np.random.default_rng(seed).standard_normal((200, WIDTH)) + 1)
    space = make_space(background, rows)
    assert find_groups(space.place(rows), space, least=3)[0] == []


def test_fewer_than_the_least_are_no_group(generator, background):
    centre = generator.standard_normal(WIDTH)
    for count, expected in ((0, []), (1, []), (2, []), (3, [[0, 1, 2]])):
        rows = around(generator, centre, count) if count else np.zeros((0, WIDTH), np.float32)
        space = make_space(background, rows)
        assert find_groups(space.place(rows), space, least=3)[0] == expected


def test_of_many_a_sample_is_compared_and_the_others_join_alike_each_time(generator, background, monkeypatch):
    monkeypatch.setattr(clusters, "AT_ONCE", 100)
    centre = generator.standard_normal(WIDTH)
    noise = unit(generator.standard_normal((300, WIDTH)) + 1)
    rows = np.concatenate([around(generator, centre, 60), noise])
    space = make_space(background, rows)
    groups, compared = find_groups(space.place(rows), space, least=3)
    assert [mostly(group, 60, 360) for group in groups] == [list(range(60))]
    assert compared == 100
    assert find_groups(space.place(rows), space, least=3) == (groups, compared)


def test_chance_makes_small_groups_tight_and_large_ones_not_at_all(background):
    space = make_space(background, background)
    tight = chance_tightness(40, space)
    assert space.link < tight[3] < 1
    assert list(tight) == sorted(tight, reverse=True)
    assert tight[20] == 0
    assert chance_tightness(200, space)[3] > tight[3]


def test_cohesion_is_the_mean_cosine_of_pairs(generator):
    rows = unit(generator.standard_normal((6, WIDTH)))
    pairs = [float(rows[i] @ rows[j]) for i in range(6) for j in range(i)]
    assert cohesion(rows) == pytest.approx(np.mean(pairs), abs=1e-5)
    assert cohesion(rows[:1]) == 1.0
