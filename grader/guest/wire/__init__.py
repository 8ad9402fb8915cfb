"""What crosses the wall, in frames of bounded size: plain values and raw array bytes. No pickle, no objects."""

from .frames import MAX_PAYLOAD, BadFrame, Message, PeerGone, pack, read
from .values import Array, BadValue, NotPlain, decode, encode

__all__ = [
    "MAX_PAYLOAD",
    "Array",
    "BadFrame",
    "BadValue",
    "Message",
    "NotPlain",
    "PeerGone",
    "decode",
    "encode",
    "pack",
    "read",
]
