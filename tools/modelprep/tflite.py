"""A TensorFlow Lite network of convolutions and PReLUs as an ONNX model of one picture in planar form.

Field numbers are those of TensorFlow's schema.fbs.
"""

import numpy
from flatbuffers import number_types as kinds
from flatbuffers.table import Table
from onnx import TensorProto, helper, numpy_helper

ADD, CONV, DEPTHWISE, MUL, RELU, RESHAPE, SUB, ABS = 0, 3, 4, 18, 19, 22, 41, 101
FLOAT32 = 0
SAME = 0


class Record(Table):
    """One table of the file; fields by their number."""

    def _at(self, field):
        return self.Offset(4 + 2 * field)

    def number(self, field, kind, default=0):
        at = self._at(field)
        return self.Get(kind, at + self.Pos) if at else default

    def record(self, field):
        return Record(self.Bytes, self.Indirect(self._at(field) + self.Pos))

    def records(self, field):
        at = self._at(field)
        start = self.Vector(at)
        return [Record(self.Bytes, self.Indirect(start + 4 * i)) for i in range(self.VectorLen(at))]

    def array(self, field, dtype):
        at = self._at(field)
        if not at:
            return numpy.empty(0, dtype)
        return numpy.frombuffer(self.Bytes, dtype, self.VectorLen(at), self.Vector(at))


class Reader:
    def __init__(self, data):
        if data[4:8] != b"TFL3":
            raise ValueError("not a TensorFlow Lite model")
        root = Record(data, int.from_bytes(data[:4], "little"))
        # Codes above 127 stand in a newer field; none of those is known here.
        self.codes = [c.number(0, kinds.Int8Flags) for c in root.records(1)]
        (self.graph,) = root.records(2)
        self.tensors = self.graph.records(0)
        self.buffers = root.records(4)

    def shape(self, index):
        return [int(n) for n in self.tensors[index].array(0, numpy.int32)]

    def values(self, index):
        """The constant of that tensor; None for one that is computed."""
        tensor = self.tensors[index]
        data = self.buffers[tensor.number(2, kinds.Uint32Flags)].array(0, numpy.uint8)
        if not data.size:
            return None
        dtype = numpy.float32 if tensor.number(1, kinds.Int8Flags) == FLOAT32 else numpy.int32
        return data.view(dtype).reshape(self.shape(index))

    def operators(self):
        for op in self.graph.records(3):
            yield (self.codes[op.number(0, kinds.Uint32Flags)], op,
                   [int(i) for i in op.array(1, numpy.int32)], int(op.array(2, numpy.int32)[0]))


class Converter:
    def __init__(self, data):
        self.read = Reader(data)
        self.makers = {output: (code, inputs) for code, _, inputs, output in self.read.operators()}
        (self.source,), (self.target,) = (self.read.graph.array(field, numpy.int32) for field in (1, 2))
        self.nodes, self.weights = [], {}

    def name(self, tensor):
        return {self.source: "input", self.target: "output"}.get(tensor, f"t{tensor}")

    def weight(self, name, values):
        self.weights[name] = numpy.ascontiguousarray(values, numpy.float32)
        return name

    def convolution(self, op, inputs, output, grouped):
        read = self.read
        options = op.record(4)
        strides = [options.number(2, kinds.Int32Flags, 1), options.number(1, kinds.Int32Flags, 1)]
        if options.number(4 if grouped else 3, kinds.Int8Flags):
            raise ValueError("an activation inside a convolution")
        kernel = read.values(inputs[1])
        size = list(kernel.shape[1:3])
        pads = [0, 0, 0, 0]
        if options.number(0, kinds.Int8Flags) == SAME:
            across = zip(read.shape(inputs[0])[1:3], read.shape(output)[1:3], strides, size)
            total = [max(0, (out - 1) * stride + side - length) for length, out, stride, side in across]
            # The odd row or column goes below and right, other than PyTorch does it.
            pads = [n // 2 for n in total] + [n - n // 2 for n in total]
        groups = kernel.shape[3] if grouped else 1
        kernel = kernel.transpose((3, 0, 1, 2) if grouped else (0, 3, 1, 2))
        self.nodes.append(helper.make_node(
            "Conv", [self.name(inputs[0]), self.weight(f"kernel{output}", kernel),
                     self.weight(f"bias{output}", read.values(inputs[2]))],
            [self.name(output)], kernel_shape=size, strides=strides, pads=pads, group=groups))

    def bent_source(self, inputs):
        """The x and half slope of relu(x) + half·(x − |x|); None where an ADD is only a sum."""
        (relu, rectified), (mul, scaled) = (self.makers.get(i, (None, [])) for i in inputs)
        if relu != RELU or mul != MUL:
            return None
        half = self.read.values(scaled[0])
        sub, difference = self.makers[scaled[1]]
        absolute, source = self.makers[difference[1]]
        if half is None or sub != SUB or absolute != ABS or {difference[0], *source} != {*rectified}:
            raise ValueError("not a PReLU after all")
        return rectified[0], half

    def add(self, inputs, output):
        bent = self.bent_source(inputs)
        if bent is None:
            self.nodes.append(helper.make_node("Add", [self.name(i) for i in inputs], [self.name(output)]))
            return
        source, half = bent
        slope = self.weight(f"slope{output}", (numpy.float32(2) * half).reshape(-1, 1, 1))
        self.nodes.append(helper.make_node("PRelu", [self.name(source), slope], [self.name(output)]))

    def model(self):
        read = self.read
        for code, op, inputs, output in read.operators():
            if code in (CONV, DEPTHWISE):
                self.convolution(op, inputs, output, code == DEPTHWISE)
            elif code == ADD:
                self.add(inputs, output)
            elif code == RESHAPE:
                self.nodes.append(helper.make_node("Flatten", [self.name(inputs[0])], [self.name(output)]))
            elif code not in (RELU, MUL, SUB, ABS):
                raise ValueError(f"operator {code}")
        _, height, width, channels = read.shape(self.source)
        graph = helper.make_graph(
            self.nodes, "network",
            [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, channels, height, width])],
            [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, read.shape(self.target)[-1]])],
            [numpy_helper.from_array(values, name) for name, values in self.weights.items()])
        return helper.make_model(graph, producer_name="mianqian", ir_version=7,
                                 opset_imports=[helper.make_opsetid("", 12)])


def convert(data):
    return Converter(data).model()
