"""Build an ONNX graph from onnxruntime's fused operators: in float32, or in int8 with fixed scales.

A traced graph keeps attention in some twenty small nodes that no optimizer joins again, and cannot keep the embeddings in
six bits with a scale a piece. onnxruntime's own dynamic quantisation scales the activations of a whole batch
by their extremes, so that a text is read otherwise beside other texts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from sentiment.training.network import HEADS

FUSED = "com.microsoft"
STEPS = 64
"""Steps of a weight to either side: on processors without VNNI the eight-bit products of two neighbours overflow 16 bits."""
EVEN = 0.8
"""How far the channels of an input are brought to the same reach, at the cost of the weights (alpha of SmoothQuant)."""
MIDDLE = 32
"""What stands for zero among the 64 steps of an embedding."""
REACHES = np.linspace(31, 41, 11)
"""Steps that a row's farthest value may lie from zero, cut where there are not so many: the least squared error decides."""
Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Reach:
    """The least and the greatest value of each channel of a product's input, on texts of training."""

    low: Floats
    high: Floats

    @classmethod
    def of(cls, values: Floats) -> "Reach":
        """Return the reach of values (n, tokens, channels)."""
        return cls(values.min(axis=(0, 1)), values.max(axis=(0, 1)))

    def join(self, other: "Reach") -> "Reach":
        """Return the reach that takes in both."""
        return Reach(np.minimum(self.low, other.low), np.maximum(self.high, other.high))


class Graph:
    """Nodes and constants of a float32 graph under construction."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.multiplied: list[str] = []
        """The inputs of the encoder's products, which the graph in int8 must know the reach of."""

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        """Keep a constant and return its name."""
        self.constants.append(numpy_helper.from_array(np.array(value, order="C"), name))
        return name

    def add(self, kind: str, inputs: list[str], output: str, domain: str = "", **attributes: Any) -> str:
        """Add a node with one output and return the output's name."""
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, domain=domain, **attributes))
        return output

    def look_up(self, table: Floats, ids: str, output: str) -> str:
        """Return the rows (pieces, width) of a table."""
        return self.add("Gather", [self.constant("words", table), ids], output)

    def multiply(self, source: str, name: str, weight: Floats, output: str) -> str:
        """Multiply by a weight (inputs, outputs)."""
        self.multiplied.append(source)
        return self.add("MatMul", [source, self.constant(name, weight)], output)

    def attend(self, source: str, name: str, weight: Floats, bias: str, output: str) -> str:
        """Multiply by the weights of query, key and value side by side, and mix the tokens by attention."""
        self.multiplied.append(source)
        return self.add("Attention", [source, self.constant(name, weight), bias, "mask"], output, FUSED, num_heads=HEADS)


class SmallGraph(Graph):
    """The same in int8: weights with a scale a column, activations with a fixed one; embeddings in six bits."""

    def __init__(self, reach: Mapping[str, Reach]) -> None:
        super().__init__()
        self.reach = reach

    def look_up(self, table: Floats, ids: str, output: str) -> str:
        """Return the rows (pieces, width) of a table."""
        steps, scales = shrink_rows(table)
        upper = self._unpack(self.constant("words.upper", pack_bits(steps // np.uint8(4), 4)), 4, ids)
        lower = self._unpack(self.constant("words.lower", pack_bits(steps % np.uint8(4), 2)), 2, ids)
        self.add("Mul", [upper, self.constant("quarters", np.array(4, np.float32))], "words.coarse")
        self.add("Add", ["words.coarse", lower], "words.steps")
        self.add("Sub", ["words.steps", self.constant("middle", np.array(MIDDLE, np.float32))], "words.centred")
        self.add("Gather", [self.constant("words.scale", scales), ids], "words.scales")
        return self.add("Mul", ["words.centred", "words.scales"], output)

    def _unpack(self, table: str, bits: int, ids: str) -> str:
        """Return the rows of a table that `pack_bits` made, as floats."""
        packed, parts = self.add("Gather", [table, ids], f"{table}.packed"), []
        down = self.constant(f"{table}.down", np.array(8 - bits, np.uint8))
        for i in range(8 // bits):
            up = self.constant(f"{table}.up{i}", np.array(i * bits, np.uint8))
            raised = self.add("BitShift", [packed, up], f"{table}.raised{i}", direction="LEFT")
            parts.append(self.add("BitShift", [raised, down], f"{table}.part{i}", direction="RIGHT"))
        whole = self.add("Concat", parts, f"{table}.whole", axis=-1)
        return self.add("Cast", [whole], f"{table}.float", to=TensorProto.FLOAT)

    def multiply(self, source: str, name: str, weight: Floats, output: str) -> str:
        """Multiply by a weight (inputs, outputs)."""
        small, scale, zero, weight = self._shrink(source, weight)
        columns, scales = self._columns(name, weight)
        return self.add("MatMulIntegerToFloat", [small, columns, scale, scales, zero], output, FUSED)

    def attend(self, source: str, name: str, weight: Floats, bias: str, output: str) -> str:
        """Multiply by the weights of query, key and value side by side, and mix the tokens by attention."""
        small, scale, zero, weight = self._shrink(source, weight)
        columns, scales = self._columns(name, weight)
        return self.add("QAttention", [small, columns, bias, scale, scales, "mask", zero], output, FUSED, num_heads=HEADS)

    def _shrink(self, source: str, weight: Floats) -> tuple[str, str, str, Floats]:
        """Return the source in eight bits, its scale and zero, and the weight that makes up for its evened channels.

        A few channels reach ten times as far as all others, at the tokens that open and close a sentence: they alone would
        take most of the 256 steps. Xiao et al. 2023 (SmoothQuant) share the difference with the weights.
        """
        reach = self.reach[source]
        far = np.maximum(np.abs(reach.low), np.abs(reach.high)).clip(1e-5)
        even = far**EVEN / np.abs(weight).max(axis=1).clip(1e-5) ** (1 - EVEN)
        even = (even / np.exp(np.log(even).mean())).astype(np.float32)
        low, high = min(0.0, float((reach.low / even).min())), max(0.0, float((reach.high / even).max()))
        step = (high - low) / 255
        flat = self.add("Mul", [source, self.constant(f"{source}.even", 1 / even)], f"{source}.flat")
        scale = self.constant(f"{source}.scale", np.array(step, np.float32))
        zero = self.constant(f"{source}.zero", np.array(round(-low / step), np.uint8))
        return self.add("QuantizeLinear", [flat, scale, zero], f"{source}.small"), scale, zero, weight * even[:, None]

    def _columns(self, name: str, weight: Floats) -> tuple[str, str]:
        """Keep a weight as whole numbers with a scale a column; return the names of both."""
        scale = (np.abs(weight).max(axis=0).clip(1e-8) / STEPS).astype(np.float32)
        return self.constant(name, np.round(weight / scale).astype(np.int8)), self.constant(f"{name}.scale", scale)


def shrink_rows(table: Floats) -> tuple[Bytes, Floats]:
    """Return the rows (pieces, width) in whole steps of six bits, and the scales (pieces, 1)."""
    reach = np.maximum(np.abs(table).max(axis=1, keepdims=True), 1e-6)
    best, least = reach, np.full(reach.shape, np.inf, np.float32)
    for steps_away in REACHES:
        scale = (reach / steps_away).astype(np.float32)
        error = ((_step(table, scale) * scale - table) ** 2).sum(axis=1, keepdims=True)
        best = np.where(error < least, scale, best)
        least = np.minimum(error, least)
    steps: Bytes = (_step(table, best) + MIDDLE).astype(np.uint8)
    return steps, best


def _step(table: Floats, scale: Floats) -> Floats:
    """Return the whole steps, from -32 to 31, that values are nearest to."""
    steps: Floats = np.clip(np.round(table / scale), -MIDDLE, MIDDLE - 1)
    return steps


def pack_bits(values: Bytes, bits: int) -> Bytes:
    """Return values (pieces, width) of so many bits side by side in bytes.

    Each of a byte's values comes from another part of the row, the first in the highest bits.
    """
    packed = np.zeros((len(values), values.shape[1] * bits // 8), np.uint8)
    for part in np.split(values, 8 // bits, axis=1):
        packed = packed * np.uint8(1 << bits) + part
    return packed
