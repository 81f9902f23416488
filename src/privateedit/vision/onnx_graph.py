"""An ONNX file made ready for ONNX Runtime: constants that are constant, and inputs of any size.

CenterFace's file is as old exporters wrote it: it lists its weights among its inputs, where they might be
replaced, so that no runtime may fold them into one another, and it fixes the picture's size at 32×32. Both
are said in the graph's header; the weights stay as they are, to the last bit. Field numbers are those of
`onnx.proto3` (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3), in the encoding of protocol buffers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_IR_VERSION, _GRAPH = 1, 7  # of a model
_INITIALIZER, _INPUT, _OUTPUT, _VALUE_INFO = 5, 11, 12, 13  # of a graph
_TENSOR_NAME, _VALUE_NAME, _VALUE_TYPE = 8, 1, 2
_TENSOR_TYPE, _ELEMENT, _SHAPE, _DIMENSION, _SYMBOL = 1, 1, 2, 1, 2
_FLOAT = 1
_CONSTANTS_NEED_NO_INPUT = 4  # the first version of the format in which that is so


class _Field(NamedTuple):
    number: int
    kind: int
    value: int | memoryview
    encoded: memoryview


def freed(model: bytes) -> bytes:
    """Return the model with its weights as constants, and with four free dimensions for each true input.

    Raises:
        ValueError: the bytes are no ONNX model.
    """
    data = memoryview(model)
    fields = list(_fields(data))
    if not any(each.number == _GRAPH for each in fields):
        raise ValueError("There is no graph in this ONNX file.")
    kept = [
        _message(_GRAPH, _graph(_bytes(each))) if each.number == _GRAPH else bytes(each.encoded)
        for each in fields
        if each.number != _IR_VERSION
    ]
    versions = [each.value for each in fields if each.number == _IR_VERSION and isinstance(each.value, int)]
    version = max([*versions, _CONSTANTS_NEED_NO_INPUT])
    return b"".join([_number(_IR_VERSION, version), *kept])


def _graph(data: memoryview) -> bytes:
    fields = list(_fields(data))
    constants = {_named(_bytes(each), _TENSOR_NAME) for each in fields if each.number == _INITIALIZER}
    parts: list[bytes | memoryview] = []
    for each in fields:
        if each.number == _VALUE_INFO:
            continue  # sizes that followed from the fixed one
        if each.number not in (_INPUT, _OUTPUT):
            parts.append(each.encoded)
            continue
        name = _named(_bytes(each), _VALUE_NAME)
        if name not in constants:
            parts.append(_message(each.number, _value(name, sized=each.number == _INPUT)))
    return b"".join(parts)


def _value(name: bytes, *, sized: bool) -> bytes:
    """Return the description of a float32 value: of four dimensions of any length, or of any shape."""
    tensor = _number(_ELEMENT, _FLOAT)
    if sized:
        free = [_message(_DIMENSION, _message(_SYMBOL, name + b"/%d" % axis)) for axis in range(4)]
        tensor += _message(_SHAPE, b"".join(free))
    return _message(_VALUE_NAME, name) + _message(_VALUE_TYPE, _message(_TENSOR_TYPE, tensor))


def _named(data: memoryview, number: int) -> bytes:
    return next((bytes(_bytes(each)) for each in _fields(data) if each.number == number), b"")


def _bytes(field: _Field) -> memoryview:
    if isinstance(field.value, int):
        raise ValueError("A field of this ONNX file is not what the format says.")
    return field.value


def _fields(data: memoryview) -> Iterator[_Field]:
    at = 0
    while at < len(data):
        start = at
        tag, at = _varint(data, at)
        kind = tag & 7
        value: int | memoryview
        if kind == _VARINT:
            value, at = _varint(data, at)
        else:
            length, at = _varint(data, at) if kind == _BYTES else (_fixed(kind), at)
            value = data[at : at + length]
            at += length
        if at > len(data):
            raise ValueError("This ONNX file ends within a field.")
        yield _Field(tag >> 3, kind, value, data[start:at])


def _fixed(kind: int) -> int:
    if kind not in (_FIXED32, _FIXED64):
        raise ValueError("A field of this ONNX file is of no known kind.")
    return 4 if kind == _FIXED32 else 8


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(data) and shift < 64:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
    raise ValueError("This ONNX file ends within a number.")


def _number(number: int, value: int) -> bytes:
    return _written(number << 3 | _VARINT) + _written(value)


def _message(number: int, content: bytes) -> bytes:
    return _written(number << 3 | _BYTES) + _written(len(content)) + content


def _written(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
