"""Write the trained network as an ONNX graph, in float32, or in int8 with embeddings in six bits."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from sentiment.encoder import Encoder, open_session, usable_cores
from sentiment.training.graphs import FUSED, Graph, Reach, SmallGraph
from sentiment.training.network import LAYERS, NORM_EPSILON, WIDTH, Network

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

OPSET = 17
PLACES = 128
"""Tokens that the exported graph reads at most; longer texts come in windows."""
EVERYDAY = "everyday"
"""The output that is learnt when the encoder is done: nothing until then."""
FEATURES = "features"
Weights = dict[str, NDArray[np.float32]]


class Watch:
    """Stands in for the session of a full model, and keeps the reach of the inputs of its products."""

    def __init__(self, network: Network) -> None:
        model, self.names = _build(network, Graph())
        for name in self.names:
            model.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", "tokens", "channels"]))
        self.session = open_session(model.SerializeToString(), usable_cores())
        self.reach: dict[str, Reach] = {}

    def run(self, names: Sequence[str], feed: Mapping[str, NDArray[np.generic]]) -> list[NDArray[np.float32]]:
        """Read a batch and return the outputs asked for."""
        found: list[NDArray[np.float32]] = self.session.run([*names, *self.names], feed)
        for name, values in zip(self.names, found[len(names) :], strict=True):
            reach = Reach.of(values)
            self.reach[name] = reach.join(self.reach.get(name, reach))
        return found[: len(names)]


def measure_reach(network: Network, encoder: Encoder, texts: Sequence[str]) -> dict[str, Reach]:
    """Return how far each channel of each product's input reaches, as `encoder` reads the texts."""
    watch = Watch(network)
    replace(encoder, session=cast("InferenceSession", watch)).read(texts)
    return watch.reach


def build_model(network: Network, reach: Mapping[str, Reach] | None = None) -> onnx.ModelProto:
    """Return the graph in float32, or, with the reach of the inputs of its products, in int8.

    Inputs: ids and mask (n, tokens); means and marks (n, units, tokens), by whose rows the states of the tokens are weighed
    for each unit's mean and its opening. Outputs: as in `Outputs`, with (n, units) in place of (u).
    """
    return _build(network, Graph() if reach is None else SmallGraph(reach))[0]


def set_everyday(model: onnx.ModelProto, weight: NDArray[np.float64], bias: NDArray[np.float64]) -> None:
    """Write the weights (384, 3) and biases (3,) of the output `everyday` into a graph."""
    written = {f"{EVERYDAY}.weight": weight, f"{EVERYDAY}.bias": bias}
    for constant in model.graph.initializer:
        if constant.name in written:
            constant.CopyFrom(numpy_helper.from_array(written[constant.name].astype(np.float32), constant.name))


def _build(network: Network, graph: Graph) -> tuple[onnx.ModelProto, list[str]]:
    """Return the model and the inputs of the encoder's products."""
    weights: Weights = {name: value.detach().numpy() for name, value in network.state_dict().items()}
    x = _embed(graph, weights)
    for i in range(LAYERS):
        x = _layer(graph, weights, i, x)
    _heads(graph, weights, x)
    inputs = [helper.make_tensor_value_info("ids", TensorProto.INT64, ["n", "tokens"])]
    inputs.append(helper.make_tensor_value_info("mask", TensorProto.INT32, ["n", "tokens"]))
    for name in ("means", "marks"):
        inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", "units", "tokens"]))
    shapes: dict[str, list[str | int]] = {
        name: ["n", "units", width] for name, width in (("sentiment", 3), (EVERYDAY, 3), ("complaint", 1), ("vectors", WIDTH))
    }
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()]
    model = helper.make_model(
        helper.make_graph(graph.nodes, "repute", inputs, outputs, graph.constants),
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(FUSED, 1)],
        ir_version=8,
    )
    return model, graph.multiplied


def _embed(graph: Graph, weights: Weights) -> str:
    graph.look_up(weights["words.weight"], "ids", "words.vectors")
    graph.add("Shape", ["ids"], "tokens", start=1, end=2)
    zero, axis = graph.constant("zero", np.array([0], np.int64)), graph.constant("first", np.array([0], np.int64))
    graph.add("Slice", [graph.constant("places", weights["places"][:PLACES]), zero, "tokens", axis], "places.seen")
    graph.add("Add", ["words.vectors", "places.seen"], "embedded")
    scale_, shift = (graph.constant(f"norm.{part}", weights[f"norm.{part}"]) for part in ("weight", "bias"))
    return graph.add("LayerNormalization", ["embedded", scale_, shift], "layer0", axis=-1, epsilon=NORM_EPSILON)


def _layer(graph: Graph, weights: Weights, i: int, x: str) -> str:
    def weight(part: str) -> tuple[str, NDArray[np.float32]]:
        return f"layers.{i}.{part}.weight", weights[f"layers.{i}.{part}.weight"].T

    def keep(name: str) -> str:
        return graph.constant(f"layers.{i}.{name}", weights[f"layers.{i}.{name}"])

    here = f"layer{i}"
    mixed = graph.attend(x, *weight("qkv"), keep("qkv.bias"), f"{here}.mixed")
    out = graph.multiply(mixed, *weight("out"), f"{here}.out")
    norm = [keep("norm1.weight"), keep("norm1.bias"), keep("out.bias")]
    x = graph.add("SkipLayerNormalization", [out, x, *norm], f"{here}.attended", FUSED, epsilon=NORM_EPSILON)
    up = graph.multiply(x, *weight("up"), f"{here}.up")
    up = graph.add("BiasGelu", [up, keep("up.bias")], f"{here}.gelu", FUSED)
    down = graph.multiply(up, *weight("down"), f"{here}.down")
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
    nothing: Weights = {f"{EVERYDAY}.weight": np.zeros((3, WIDTH), np.float32), f"{EVERYDAY}.bias": np.zeros(3, np.float32)}
    _dense(graph, nothing, EVERYDAY, "features", EVERYDAY)
    _dense(graph, weights, "complaint", "features", "complaint")


def _dense(graph: Graph, weights: Weights, name: str, source: str, target: str) -> None:
    graph.add("MatMul", [source, graph.constant(f"{name}.weight", weights[f"{name}.weight"].T)], f"{name}.product")
    graph.add("Add", [f"{name}.product", graph.constant(f"{name}.bias", weights[f"{name}.bias"])], target)
