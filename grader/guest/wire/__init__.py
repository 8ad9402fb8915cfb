"""What crosses the wall, in frames of bounded size: plain values and raw array bytes. No pickle, no objects."""

from .frames import MAX_PAYLOAD, BadFrame, Message, PeerGone, pack, read, send_all
from .values import Array, BadValue, Decoder, NotPlain, decode, encode

__all__ = [
    "MAX_PAYLOAD",
    "Array",
    "BadFrame",
    "BadValue",
    "Decoder",
    "Message",
    "NotPlain",
    "PeerGone",
    "decode",
    "encode",
    "pack",
    "read",
    "send_all",
]
