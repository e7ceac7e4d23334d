"""Receipt handles: opaque text that names a queue, a message in it, and one receive of that message.

Nothing is stored for a handle. A message knows the number of its latest receive, which tells an older handle.
"""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64
from struct import Struct, error
from typing import NamedTuple

from pytest_cloudfakes.services.sqs.errors import ReceiptHandleIsInvalid

_FORM = Struct(">3sQQQ")
_PREFIX = b"\x01\x01\x01"
"""As AWS's handles begin: "AQEB"."""
_LENGTH = _FORM.size * 4 // 3
"""Of a handle; decoding would pass over characters that aren't base64."""


class Receipt(NamedTuple):
    """What a handle says."""

    position: int
    number: int


def handle(queue: int, position: int, number: int) -> str:
    """The receipt handle of one receive; `queue` is the queue's own 64-bit number."""
    return b2a_base64(_FORM.pack(_PREFIX, queue, position, number), newline=False).decode("ascii")


def parse(text: str, queue: int) -> Receipt:
    """The receipt behind a handle of `queue`.

    Errors: ReceiptHandleIsInvalid for anything that this queue can't have given out.
    """
    try:
        prefix, owner, position, number = _FORM.unpack(a2b_base64(text))
    except (ValueError, error):
        raise ReceiptHandleIsInvalid(handle=text) from None
    if owner != queue or prefix != _PREFIX or len(text) != _LENGTH:
        raise ReceiptHandleIsInvalid(handle=text)
    return Receipt(position, number)
