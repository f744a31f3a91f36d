"""Rewrites of arithmetic on single values: what lies between two convolutions becomes part of one.

ONNX Runtime keeps convolutions in a blocked layout, but a Mul, Add or Clip with a constant in the plain one only:
each costs a pass over the tensor, and the way from one layout to the other two more.
"""

import math

import numpy
from onnx import helper, numpy_helper

from modelprep.graph import attribute, depthwise

PICTURES = {"Conv", "ConvTranspose"}  # their outputs have rows, columns and channels
KEEP_CHANNELS = {"Mul", "Add", "Div", "HardSigmoid", "Relu", "Clip"}


def resolve_constants(graph):
    """Constants, and copies under another name, become weights."""
    nodes, names = [], {}
    for node in graph.nodes:
        for i, name in enumerate(node.input):
            node.input[i] = names.get(name, name)
        if node.op_type == "Constant" and attribute(node, "value", None):
            graph.weights[node.output[0]] = numpy_helper.to_array(attribute(node, "value", None))
        elif node.op_type == "Identity" and node.output[0] not in graph.ends():
            names[node.output[0]] = node.input[0]
        else:
            nodes.append(node)
    graph.nodes = nodes


def data_of(graph, node):
    return next(name for name in node.input if name not in graph.weights)


def constant_of(graph, node):
    """The constant of a node with another input beside it; nothing where it has none."""
    known = [graph.weights[name] for name in node.input if name in graph.weights]
    return known[0] if len(node.input) == 2 and len(known) == 1 else None


def makers_of(graph):
    return {name: node for node in graph.nodes for name in node.output}


def users_of(graph, tensor):
    return [node for node in graph.nodes if tensor in node.input]


def only_user(graph, tensor):
    users = users_of(graph, tensor)
    return users[0] if len(users) == 1 else None


def outputs_of(graph, conv):
    weight = graph.weights[conv.input[1]]
    return weight.shape[0] if conv.op_type == "Conv" else weight.shape[1] * attribute(conv, "group", 1)


def channels_of(graph, tensor):
    """The channels of a picture; nothing for a tensor that may be something else."""
    makers = makers_of(graph)
    while tensor in makers and makers[tensor].op_type in KEEP_CHANNELS:
        tensor = data_of(graph, makers[tensor])
    return outputs_of(graph, makers[tensor]) if tensor in makers and makers[tensor].op_type in PICTURES else None


def affine_of(graph, node, channels):
    """What a node does to each channel, as factor and summand; nothing for another node."""
    one, zero = numpy.ones(channels, numpy.float32), numpy.zeros(channels, numpy.float32)
    if node is None:
        return None
    if node.op_type == "BatchNormalization":
        scale, shift, mean, variance = (graph.weights[name] for name in node.input[1:5])
        factor = scale / numpy.sqrt(variance + attribute(node, "epsilon", 1e-5))
        return factor, shift - mean * factor
    constant = constant_of(graph, node) if node.op_type in ("Mul", "Add", "Div") else None
    if constant is None or not (constant.size == 1 or constant.shape in ((1, channels, 1, 1), (channels, 1, 1))):
        return None
    values = one * constant.reshape(-1).astype(numpy.float32)
    if node.op_type == "Div" and node.input[1] in graph.weights:
        return one / values, zero
    return {"Mul": (values, zero), "Add": (one, values), "Div": None}[node.op_type]


def affine_chain(graph, tensor, channels):
    """The nodes that do nothing else to a tensor, one after the other, and what they do together."""
    chain, factor, summand = [], numpy.ones(channels, numpy.float32), numpy.zeros(channels, numpy.float32)
    while True:
        node = only_user(graph, tensor)
        change = affine_of(graph, node, channels)
        if change is None or node.output[0] in graph.ends():
            return chain, factor, summand
        factor, summand = factor * change[0], summand * change[0] + change[1]
        chain.append(node)
        tensor = node.output[0]


def set_weights(graph, conv, weight, bias):
    """Weights of its own, since others may be shared."""
    name = conv.output[0]
    del conv.input[1:]
    conv.input.extend([graph.add_weight(f"{name}_weight_{len(graph.weights)}", weight),
                       graph.add_weight(f"{name}_bias_{len(graph.weights)}", bias)])


def bias_of(graph, conv):
    return graph.weights[conv.input[2]] if len(conv.input) > 2 else numpy.zeros(outputs_of(graph, conv), numpy.float32)


def drop(graph, nodes):
    """Takes out a chain of nodes; who used its end uses its beginning."""
    source = data_of(graph, nodes[0])
    graph.nodes = [node for node in graph.nodes if node not in nodes]
    for node in users_of(graph, nodes[-1].output[0]):
        for i, name in enumerate(node.input):
            if name == nodes[-1].output[0]:
                node.input[i] = source


def fold_after(graph):
    """Arithmetic with constants after a convolution becomes part of its weights."""
    for conv in [n for n in graph.nodes if n.op_type in PICTURES and n.input[1] in graph.weights]:
        chain, factor, summand = affine_chain(graph, conv.output[0], outputs_of(graph, conv))
        if not chain or (conv.op_type == "ConvTranspose" and attribute(conv, "group", 1) != 1):
            continue
        shape = (-1, 1, 1, 1) if conv.op_type == "Conv" else (1, -1, 1, 1)
        weight, bias = graph.weights[conv.input[1]], bias_of(graph, conv)
        set_weights(graph, conv, weight * factor.reshape(shape), bias * factor + summand)
        drop(graph, chain)


def takes_summand(graph, node):
    """Whether a convolution sees nothing but the tensor: padding would stay zero when the rest is moved."""
    return (node.op_type == "Conv" and node.input[1] in graph.weights and attribute(node, "group", 1) == 1 and
            graph.weights[node.input[1]].shape[2:] == (1, 1) and not any(attribute(node, "pads", [0])))


def fold_before(graph):
    """The same before convolutions without padding; before others it becomes one convolution of single pixels."""
    for node in list(graph.nodes):
        constant = constant_of(graph, node)
        if node not in graph.nodes or node.op_type not in ("Mul", "Add", "Div") or constant is None or constant.size != 1:
            continue
        channels = channels_of(graph, data_of(graph, node))
        if channels is None:
            continue
        change = affine_of(graph, node, channels)
        chain, factor, summand = affine_chain(graph, node.output[0], channels)
        if change is None or node.output[0] in graph.ends():
            continue
        factor, summand, chain = factor * change[0], summand + factor * change[1], [node, *chain]
        users = users_of(graph, chain[-1].output[0])
        if all(takes_summand(graph, user) for user in users):
            for user in users:
                weight = graph.weights[user.input[1]]
                # Exact sums, so that every machine makes the same bytes.
                moved = numpy.array([math.fsum(row) for row in weight[:, :, 0, 0].astype(float) * summand], numpy.float32)
                set_weights(graph, user, weight * factor.reshape(1, -1, 1, 1), bias_of(graph, user) + moved)
            drop(graph, chain)
        else:
            conv = depthwise(graph, data_of(graph, node), factor, chain[-1].output[0])
            conv.input.append(graph.add_weight(chain[-1].output[0] + "_summand", summand))
            graph.nodes[graph.nodes.index(node)] = conv
            graph.nodes = [n for n in graph.nodes if n not in chain]


def hard_swish(graph):
    """x · clip(x + 3, 0, 6) / 6 becomes x · HardSigmoid(x), which is the same in two passes instead of four."""
    makers = makers_of(graph)
    for clip in [n for n in graph.nodes if n.op_type == "Clip"]:
        add, mul = makers.get(clip.input[0]), only_user(graph, clip.output[0])
        div = only_user(graph, mul.output[0]) if mul is not None and mul.op_type == "Mul" else None
        if add is None or add.op_type != "Add" or div is None or div.op_type != "Div":
            continue
        ends = [attribute(clip, "min", None), attribute(clip, "max", None)]  # inputs since version 11
        ends = [graph.weights[name].item() for name in clip.input[1:]] or ends
        numbers = [constant.item() if constant is not None and constant.size == 1 else None
                   for constant in (constant_of(graph, add), constant_of(graph, div))]
        source = data_of(graph, add)
        if numbers != [3, 6] or ends != [0, 6] or source not in mul.input:
            continue
        gate = helper.make_node("HardSigmoid", [source], [clip.output[0]], alpha=1 / 6, beta=0.5)
        graph.nodes[graph.nodes.index(clip)] = gate
        drop(graph, [div])
        if not users_of(graph, add.output[0]):
            graph.nodes.remove(add)


def scale_once(graph):
    """x + x · HardSigmoid(s), s one number a channel, becomes x · (1 + HardSigmoid(s)): a pass over x less."""
    for mul in [n for n in graph.nodes if n.op_type == "Mul"]:
        add, makers = only_user(graph, mul.output[0]), makers_of(graph)
        gates = [n for n in mul.input if n in makers and makers[n].op_type == "HardSigmoid"]
        if add is None or add.op_type != "Add" or len(gates) != 1:
            continue
        x = next(name for name in mul.input if name != gates[0])
        if x not in add.input or x == makers[gates[0]].input[0]:
            continue
        one = graph.add_weight(mul.output[0] + "_one", numpy.ones(1))
        grown = helper.make_node("Add", [gates[0], one], [mul.output[0] + "_grown"])
        graph.nodes.insert(graph.nodes.index(mul), grown)
        graph.nodes[graph.nodes.index(add)] = helper.make_node("Mul", [x, grown.output[0]], add.output)
        graph.nodes.remove(mul)


POINTWISE = {f.__name__: f for f in (resolve_constants, hard_swish, fold_after, fold_before, scale_once)}
