"""Write the trained network as an ONNX graph and quantise it to int8.

The graph is built by hand from onnxruntime's fused operators: a traced one keeps attention in some twenty small
nodes that no optimizer joins again, and cannot keep the embeddings in int8 with a scale a piece.
"""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from sentiment.training.network import HEADS, LAYERS, NORM_EPSILON, WIDTH, Network

OPSET = 17
FUSED = "com.microsoft"
PLACES = 128
"""Tokens that the exported graph reads at most; longer texts come in windows."""
Weights = dict[str, NDArray[np.float32]]


class Graph:
    """Nodes and constants of a graph under construction."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        """Keep a constant and return its name."""
        self.constants.append(numpy_helper.from_array(np.array(value, order="C"), name))
        return name

    def add(self, kind: str, inputs: list[str], output: str, domain: str = "", **attributes: Any) -> str:
        """Add a node with one output and return the output's name."""
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, domain=domain, **attributes))
        return output


def export_network(network: Network, folder: Path) -> None:
    """Write `model.onnx` in int8 into the folder.

    Inputs: ids and mask (n, tokens); means and marks (n, units, tokens), by whose rows the states of the tokens are weighed
    for each unit's mean and its opening. Outputs: as in `Outputs`, with (n, units) in place of (u).
    """
    full = folder / "model.float.onnx"
    onnx.save(build_model(network, small_embeddings=True), full)
    # Seven-bit weights: on processors without VNNI the eight-bit products of two neighbours overflow 16 bits.
    quantize_dynamic(
        full,
        folder / "model.onnx",
        op_types_to_quantize=["MatMul", "Attention"],
        nodes_to_exclude=["mix.product", "sentiment.product", "complaint.product", "mean", "opening"],
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
        extra_options={"DefaultTensorType": TensorProto.FLOAT},
    )
    full.unlink()


def build_model(network: Network, small_embeddings: bool) -> onnx.ModelProto:
    """Return the graph in float32; with `small_embeddings` the table of pieces is int8 with a scale a row."""
    weights: Weights = {name: value.detach().numpy() for name, value in network.state_dict().items()}
    graph = Graph()
    x = _embed(graph, weights, small_embeddings)
    for i in range(LAYERS):
        x = _layer(graph, weights, i, x)
    _heads(graph, weights, x)
    inputs = [helper.make_tensor_value_info("ids", TensorProto.INT64, ["n", "tokens"])]
    inputs.append(helper.make_tensor_value_info("mask", TensorProto.INT32, ["n", "tokens"]))
    for name in ("means", "marks"):
        inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", "units", "tokens"]))
    shapes: dict[str, list[str | int]] = {
        name: ["n", "units", width] for name, width in (("sentiment", 3), ("complaint", 1), ("vectors", WIDTH))
    }
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()]
    return helper.make_model(
        helper.make_graph(graph.nodes, "repute", inputs, outputs, graph.constants),
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(FUSED, 1)],
        ir_version=8,
    )


def _embed(graph: Graph, weights: Weights, small: bool) -> str:
    table = weights["words.weight"]
    if small:
        scale = np.maximum(np.abs(table).max(axis=1, keepdims=True), 1e-8) / 127
        graph.add("Gather", [graph.constant("words", np.round(table / scale).astype(np.int8)), "ids"], "words.int8")
        graph.add("Cast", ["words.int8"], "words.float", to=TensorProto.FLOAT)
        graph.add("Gather", [graph.constant("words.scale", scale.astype(np.float32)), "ids"], "words.scales")
        graph.add("Mul", ["words.float", "words.scales"], "words.vectors")
    else:
        graph.add("Gather", [graph.constant("words", table), "ids"], "words.vectors")
    graph.add("Shape", ["ids"], "tokens", start=1, end=2)
    zero, axis = graph.constant("zero", np.array([0], np.int64)), graph.constant("first", np.array([0], np.int64))
    graph.add("Slice", [graph.constant("places", weights["places"][:PLACES]), zero, "tokens", axis], "places.seen")
    graph.add("Add", ["words.vectors", "places.seen"], "embedded")
    scale_, shift = (graph.constant(f"norm.{part}", weights[f"norm.{part}"]) for part in ("weight", "bias"))
    return graph.add("LayerNormalization", ["embedded", scale_, shift], "layer0", axis=-1, epsilon=NORM_EPSILON)


def _layer(graph: Graph, weights: Weights, i: int, x: str) -> str:
    def keep(name: str) -> str:
        value = weights[f"layers.{i}.{name}"]
        return graph.constant(f"layers.{i}.{name}", value.T if value.ndim == 2 else value)

    here = f"layer{i}"
    mixed = graph.add("Attention", [x, keep("qkv.weight"), keep("qkv.bias"), "mask"], f"{here}.mixed", FUSED, num_heads=HEADS)
    out = graph.add("MatMul", [mixed, keep("out.weight")], f"{here}.out")
    norm = [keep("norm1.weight"), keep("norm1.bias"), keep("out.bias")]
    x = graph.add("SkipLayerNormalization", [out, x, *norm], f"{here}.attended", FUSED, epsilon=NORM_EPSILON)
    up = graph.add("MatMul", [x, keep("up.weight")], f"{here}.up")
    up = graph.add("BiasGelu", [up, keep("up.bias")], f"{here}.gelu", FUSED)
    down = graph.add("MatMul", [up, keep("down.weight")], f"{here}.down")
    norm = [keep("norm2.weight"), keep("norm2.bias"), keep("down.bias")]
    return graph.add("SkipLayerNormalization", [down, x, *norm], f"layer{i + 1}", FUSED, epsilon=NORM_EPSILON)


def _heads(graph: Graph, weights: Weights, x: str) -> None:
    graph.add("MatMul", ["means", x], "mean")
    graph.add("MatMul", ["marks", x], "opening")
    graph.add("LpNormalization", ["mean"], "vectors", axis=-1, p=2)
    graph.add("Concat", ["opening", "mean"], "both", axis=2)
    _dense(graph, weights, "mix", "both", "mixed")
    none = graph.constant("mix.none", np.zeros(WIDTH, np.float32))
    graph.add("BiasGelu", ["mixed", none], "features", FUSED)
    _dense(graph, weights, "sentiment", "features", "sentiment")
    _dense(graph, weights, "complaint", "features", "complaint")


def _dense(graph: Graph, weights: Weights, name: str, source: str, target: str) -> None:
    graph.add("MatMul", [source, graph.constant(f"{name}.weight", weights[f"{name}.weight"].T)], f"{name}.product")
    graph.add("Add", [f"{name}.product", graph.constant(f"{name}.bias", weights[f"{name}.bias"])], target)
