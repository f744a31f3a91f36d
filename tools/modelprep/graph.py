"""An ONNX model as a list of nodes and a table of weights, and the rewrites that make it faster.

Every rewrite leaves the outputs as they are but for rounding.
"""

import numpy
import onnx
from onnx import helper, numpy_helper

# ONNX Runtime keeps channels in blocks of this many floats on AVX-512; where a count is no multiple, it
# falls back to slower code or copies the tensor at every border between the two.
BLOCK = 16
ELEMENTWISE = {"PRelu", "Relu", "Sigmoid", "MaxPool", "GlobalAveragePool", "Add", "Mul"}


class Graph:
    def __init__(self, model):
        self.model = model
        self.nodes = list(model.graph.node)
        self.weights = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}

    def ends(self):
        return [v.name for v in (*self.model.graph.input, *self.model.graph.output)]

    def uses(self, tensor):
        return sum(list(node.input).count(tensor) for node in self.nodes)

    def add_weight(self, name, values):
        assert name not in self.weights, name
        self.weights[name] = numpy.ascontiguousarray(values, dtype=numpy.float32)
        return name

    def grow(self, name, sizes):
        """Pads a weight with zeros up to sizes {axis: size}. A weight that several nodes share grows once."""
        old = self.weights[name]
        self.weights[name] = numpy.pad(
            old, [(0, max(0, sizes.get(axis, n) - n)) for axis, n in enumerate(old.shape)])

    def serialize(self):
        graph = self.model.graph
        # What is newer is not used here, and Debian's checker refuses it.
        self.model.ir_version = min(self.model.ir_version, onnx.IR_VERSION)
        used = {name for node in self.nodes for name in node.input}
        for field, values in (("node", self.nodes), ("value_info", []), ("initializer", [
                numpy_helper.from_array(w, n) for n, w in sorted(self.weights.items()) if n in used])):
            graph.ClearField(field)
            getattr(graph, field).extend(values)
        # Files of old exporters list the weights among the inputs too.
        inputs = [v for v in graph.input if v.name not in self.weights]
        graph.ClearField("input")
        graph.input.extend(inputs)
        for i, value in enumerate(graph.output):
            if not value.type.tensor_type.shape.dim:  # one exporter writes that of a scalar for any output
                value.type.tensor_type.ClearField("shape")
                inferred = onnx.shape_inference.infer_shapes(self.model).graph.output[i]
                value.type.tensor_type.shape.CopyFrom(inferred.type.tensor_type.shape)
        onnx.checker.check_model(self.model, full_check=True)
        return self.model.SerializeToString(deterministic=True)


def attribute(node, name, default):
    return next((helper.get_attribute_value(a) for a in node.attribute if a.name == name), default)


def is_depthwise(graph, node):
    return (node.op_type == "Conv" and node.input[1] in graph.weights and
            graph.weights[node.input[1]].shape[:2] == (attribute(node, "group", 1), 1))


def depthwise(graph, source, factors, target):
    """A node that multiplies every channel by its factor; as a convolution it keeps the blocked layout."""
    kernel = graph.add_weight(target + "_factor", factors.reshape(-1, 1, 1, 1))
    return helper.make_node("Conv", [source, kernel], [target], group=factors.size, kernel_shape=[1, 1])


def flush_subnormals(graph):
    """Weights too small for a normal number become zero: arithmetic with them is many times slower."""
    for name, values in graph.weights.items():
        if values.dtype == numpy.float32:
            tiny = numpy.abs(values) < numpy.finfo(numpy.float32).tiny
            graph.weights[name] = numpy.where(tiny, numpy.float32(0), values)


def rewrite_prelu(graph):
    """PReLU with slope s becomes x + (1 − s)·relu(−x): ONNX Runtime has PReLU for the plain layout only."""
    nodes = []
    for node in graph.nodes:
        if node.op_type != "PRelu":
            nodes.append(node)
            continue
        x, slope = node.input
        y = node.output[0]
        slopes = graph.weights[slope].reshape(-1)
        nodes += [depthwise(graph, x, numpy.full_like(slopes, -1), y + "_negated"),
                  helper.make_node("Relu", [y + "_negated"], [y + "_below"]),
                  depthwise(graph, y + "_below", numpy.float32(1) - slopes, y + "_bend"),
                  helper.make_node("Add", [x, y + "_bend"], [y])]
    graph.nodes = nodes


def zeros_by_convolution(graph):
    """Channels of zeros appended by a Concat are appended by a convolution instead, which needs no copy."""
    makers = {name: node for node in graph.nodes for name in node.output}
    for i, node in enumerate(graph.nodes):
        if node.op_type != "Concat" or attribute(node, "axis", 0) != 1 or len(node.input) != 2:
            continue
        filler = makers.get(node.input[1])
        if filler is None or filler.op_type != "ConstantOfShape" or attribute(filler, "value", None):
            continue
        before = channels_of(graph, makers, node.input[0])
        after = before + int(graph.weights[filler.input[0]][1])
        target = node.output[0]
        kernel = graph.add_weight(target + "_eye", numpy.eye(after, before).reshape(after, before, 1, 1))
        graph.nodes[i] = helper.make_node("Conv", [node.input[0], kernel], [target], kernel_shape=[1, 1])
    used = {name for node in graph.nodes for name in node.input} | set(graph.ends())
    graph.nodes = [node for node in graph.nodes if used & set(node.output)]


def channels_of(graph, makers, tensor):
    while makers[tensor].op_type in ELEMENTWISE:
        tensor = makers[tensor].input[0]
    assert makers[tensor].op_type == "Conv", tensor
    return graph.weights[makers[tensor].input[1]].shape[0]


def widen_channels(graph):
    """Channels of zeros fill every depthwise convolution, and what it is tied to, up to whole blocks."""
    parent = {}

    def find(tensor):
        while parent.setdefault(tensor, tensor) != tensor:
            tensor = parent[tensor]
        return tensor

    def tie(*tensors):
        for tensor in tensors[1:]:
            parent[find(tensor)] = find(tensors[0])

    # Tensors tied to this name keep their channels.
    fixed = ""
    tie(fixed, *graph.ends())
    for node in graph.nodes:
        activations = [n for n in node.input if n not in graph.weights]
        if is_depthwise(graph, node):
            tie(node.input[0], node.output[0])
        elif node.op_type == "PRelu" or (node.op_type in ELEMENTWISE and activations == [*node.input]):
            tie(*activations, node.output[0])
        elif node.op_type != "Conv" or attribute(node, "group", 1) != 1:
            tie(fixed, *activations, *node.output)

    wide = {}
    for node in graph.nodes:
        if is_depthwise(graph, node) and find(node.output[0]) != find(fixed):
            channels = graph.weights[node.input[1]].shape[0]
            wide[find(node.output[0])] = -(-channels // BLOCK) * BLOCK

    def width(tensor):
        return wide.get(find(tensor), 0)

    for node in graph.nodes:
        out = width(node.output[0])
        if node.op_type == "Conv":
            inner = 0 if is_depthwise(graph, node) else width(node.input[0])
            if out and is_depthwise(graph, node):
                next(a for a in node.attribute if a.name == "group").i = out
            graph.grow(node.input[1], {0: out, 1: inner})
            if len(node.input) > 2:
                graph.grow(node.input[2], {0: out})
        elif node.op_type == "PRelu":
            graph.grow(node.input[1], {0: out})


REWRITES = {f.__name__: f for f in (flush_subnormals, rewrite_prelu, zeros_by_convolution, widen_channels)}
