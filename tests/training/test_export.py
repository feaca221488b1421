"""The exported graph in int8 reads as the one in float32, with scales that no batch changes."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch", reason="the extra `train` is not installed")
import torch
from onnx import TensorProto, helper

from sentiment.encoder import Encoder, open_session
from sentiment.training import graphs
from sentiment.training.export import build_model, measure_reach
from sentiment.training.graphs import Graph, Reach, SmallGraph
from sentiment.training.network import Network

TEXTS = ["The parcel came late.", "Great food, rude staff! I waited an hour.", "ok", "Kargo geç geldi, hiç memnun kalmadım"] * 2


@pytest.fixture(scope="module")
def encoder():
    return Encoder.load(threads=1)


@pytest.fixture(scope="module")
def network(encoder):
    torch.manual_seed(3)
    network = Network(encoder.tokenizer.get_vocab_size())
    torch.nn.init.normal_(network.places)
    steps = torch.randint(-31, 32, network.words.weight.shape)
    steps[:, 5] = 31
    network.words.weight.data = steps / 256  # six bits keep these as they are
    return network.eval()


@pytest.fixture(scope="module")
def reach(network, encoder):
    return measure_reach(network, encoder, TEXTS)


def read(model, encoder):
    return replace(encoder, session=open_session(model.SerializeToString(), 1)).read(TEXTS)


def product(graph, x, weight):
    """Return x times weight as a graph of that one product computes it."""
    graph.multiply("x", "weight", weight, "y")
    floats = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", "tokens", "channels"]) for name in ("x", "y")]
    made = helper.make_graph(graph.nodes, "product", floats[:1], floats[1:], graph.constants)
    imports = [helper.make_opsetid("", 17), helper.make_opsetid(graphs.FUSED, 1)]
    model = helper.make_model(made, opset_imports=imports, ir_version=8)
    return open_session(model.SerializeToString(), 1).run(["y"], {"x": x})[0]


def test_every_products_input_is_measured_channel_by_channel(network, reach):
    assert {name: len(one.low) for name, one in reach.items()} == {
        f"layer{i}{part}": 1536 if part == ".gelu" else 384 for i in range(6) for part in ("", ".mixed", ".attended", ".gelu")
    }
    assert all((one.low < one.high).all() for one in reach.values())


def test_int8_says_what_float32_says(network, reach, encoder):
    full, small = read(build_model(network), encoder), read(build_model(network, reach), encoder)
    assert (full.vectors * small.vectors).sum(axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-3)
    assert small.sentiment == pytest.approx(full.sentiment, abs=1e-3)


def test_embeddings_in_six_bits_stay_in_their_places_within_a_quarter_of_a_step_on_average():
    table = np.random.default_rng(4).normal(size=(9, 384)).astype(np.float32)
    graph = SmallGraph({})
    graph.look_up(table, "ids", "rows")
    ids = helper.make_tensor_value_info("ids", TensorProto.INT64, ["n", "tokens"])
    rows = helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["n", "tokens", 384])
    made = helper.make_graph(graph.nodes, "rows", [ids], [rows], graph.constants)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    read = open_session(model.SerializeToString(), 1).run(["rows"], {"ids": np.array([[3, 0], [8, 3]])})[0]
    assert np.array_equal(read[0, 0], read[1, 1])
    error = np.abs(read - table[[[3, 0], [8, 3]]]).mean(axis=-1)
    assert (error < np.abs(table[[[3, 0], [8, 3]]]).max(axis=-1) / 31 / 4).all()
    assert sum(tensor.ByteSize() for tensor in graph.constants) < 0.77 * table.size + 900


def test_no_scale_is_computed_from_what_is_read(network, reach):
    kinds = Counter(node.op_type for node in build_model(network, reach).graph.node)
    assert (kinds["QuantizeLinear"], kinds["QAttention"], kinds["MatMulIntegerToFloat"]) == (24, 6, 18)
    assert not {"DynamicQuantizeLinear", "ReduceMax", "Attention"} & {*kinds}


def test_one_channel_that_reaches_far_takes_no_steps_from_the_others():
    chance = np.random.default_rng(2)
    x = chance.normal(size=(1, 60, 384)).astype(np.float32)
    x[0, 0, 7] = 60
    weight = chance.normal(size=(384, 96), scale=0.05).astype(np.float32)
    weight[7] /= 10  # as training leaves it where a channel reaches far
    wanted, reach = product(Graph(), x, weight), {"x": Reach.of(x)}
    even = np.abs(product(SmallGraph(reach), x, weight) - wanted)[0, 1:].mean()
    step = (x.max() - x.min()) / 255
    plain = np.abs(np.round(x / step) * step @ weight - wanted)[0, 1:].mean()
    assert even < 0.02 * wanted.std()
    assert even < plain / 3


def test_a_value_beyond_the_measured_reach_is_held_at_its_edge():
    x = np.full((1, 1, 4), 9.0, np.float32)
    reach = {"x": Reach(np.full(4, -1, np.float32), np.full(4, 3, np.float32))}
    assert product(SmallGraph(reach), x, np.eye(4, dtype=np.float32)) == pytest.approx(np.full((1, 1, 4), 3.0), abs=0.05)
