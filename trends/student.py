"""Student's t where people answer more than once: how many people a figure stands on, and how much that widens it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Z = 1.959963984540054
"""The normal quantile of a two-sided 95% interval."""
NEAR, FAR = 0.01, 8.0
"""Where z is held for `Widening`: at 0 it is 0 / 0, and beyond 8 (a chance of 1e-15) it says nothing more."""


@overload
def quantile(z: float, freedom: float) -> float: ...
@overload
def quantile(z: Floats | float, freedom: Floats) -> Floats: ...
def quantile(z: Any, freedom: Any) -> Any:
    """The quantile of Student's t with the same chance beyond it as z has beyond it in a normal distribution."""
    from scipy.special import ndtr, stdtrit

    found = -stdtrit(freedom, ndtr(-z))
    return found if found.ndim else float(found)


def count_alike(whole: Any, wholes: Any) -> Any:
    """As how many people who say equally much those count who said Σ n = `whole` with Σ n² = `wholes` (Kish 1965).

    1 / Σ (each one's share of the answers)². It is the number of people where each said one thing. Of independent answers
    it makes k / (k − 1) · Σ (x − r n)² free of bias, where the number of people itself leaves it too small.
    """
    return whole * whole / wholes


def freedom_of(people: Any, whole: Any, wholes: Any) -> Any:
    """Degrees of freedom of a variance between people, from how many they are, Σ n and Σ n²; 1 at least.

    Satterthwaite's (1946) for people who each say the same again and again, whose squares then weigh as n²: (Σ n²)² / Σ n⁴,
    less its part 1 / `count_alike` that the mean takes. Σ n⁴ is that of people of whom some say one thing and the others all
    equally much, as it follows from the three sums. Where each says equally much it is the number of people less one.
    """
    more, squares = whole - people, wholes - 2 * whole + people
    # Of what each says beyond one thing: how many people that is, and how much of each.
    often = more * more / at_least(squares, 1.0)
    much = 1 + squares / at_least(more, 1.0)
    heads = wholes * wholes / (people + often * (much**4 - 1))
    return at_least(heads - heads * wholes / (whole * whole), 1.0)


@dataclass(frozen=True)
class Widening:
    """By how much the effective number of answers shrinks since few people tell the design effect; 1 where each said one thing.

    (t of `freedom_of` / t of n − 1)², as Korn and Graubard (1998) have it for the intervals of shares from few clusters. Their
    freedom is the number of clusters less one; where few say most of it that is too much (`bench/few_people.py`).
    """

    at_95: Any
    """A number, or an array of as many figures."""
    few: Any
    """`steepness` of t of `freedom_of`, and of n − 1."""
    many: Any

    @classmethod
    def of(cls, people: Any, whole: Any, wholes: Any) -> Widening:
        """Of how many people said Σ n, and Σ n²."""
        few, many = freedom_of(people, whole, wholes), at_least(whole - 1, 1.0)
        ratio = quantile(Z, few) / quantile(Z, many)
        return cls(ratio * ratio, steepness(few), steepness(many))

    def at(self, z: Any) -> Any:
        """At any confidence: t is exact at 95%, and grows from there as in Wallace (1959), which is quick.

        For smaller chances it is a little too wide: by 3% of t at a chance of 0.1% with 4 degrees of freedom.
        """
        import numpy as np

        plain = isinstance(z, float)
        square = min(max(z, NEAR), FAR) ** 2 if plain else np.minimum(np.maximum(z, NEAR), FAR) ** 2
        expm1: Any = math.expm1 if plain else np.expm1
        return self.start * expm1(self.few * square) / expm1(self.many * square)

    @cached_property
    def start(self) -> Any:
        """By which `at` is `at_95` at 95%."""
        import numpy as np

        return self.at_95 * np.expm1(self.many * Z**2) / np.expm1(self.few * Z**2)


def steepness(freedom: Any) -> Any:
    """c² / v of Wallace's t² = v (exp(z² c² / v) − 1), with c = (8v + 3) / (8v + 1)."""
    return ((8 * freedom + 3) / (8 * freedom + 1)) ** 2 / freedom


def at_least(value: Any, least: float) -> Any:
    """The larger of both."""
    import numpy as np

    return np.maximum(value, least) if isinstance(value, np.ndarray) else max(float(value), least)
