"""What botocore signs with while a cloud is on: dummy credentials, and a signature in name only.

Nothing that is signed leaves the process, so that of Signature Version 4 only the arithmetic is left out; headers,
scope and events are botocore's own. URLs that are presigned, and what isn't plain Version 4, are signed in earnest.
"""

from __future__ import annotations

import functools
import weakref
from typing import Any

from botocore.auth import SigV4Auth
from botocore.credentials import Credentials

from pytest_cloudfakes.interception.environment import DUMMY_ACCESS_KEY, DUMMY_SECRET_KEY
from pytest_cloudfakes.interception.routes import access_key_of
from pytest_cloudfakes.model import service_model


class Nominal(SigV4Auth):
    """Signature Version 4 without its arithmetic."""

    def canonical_request(self, request: Any) -> str:
        """Nothing needs to be hashed."""
        return ""

    def string_to_sign(self, request: Any, canonical_request: str) -> str:
        """Nothing needs to be signed."""
        return ""

    def signature(self, string_to_sign: str, request: Any) -> str:
        """As long as a signature."""
        return "0" * 64


def in_name_only(auth: Any) -> Any:
    """The same signer without its arithmetic, if it is plain Signature Version 4."""
    if type(auth) is SigV4Auth:
        auth.__class__ = Nominal
    return auth


def dummy_keys(held: Any) -> tuple[str, str]:
    """What is signed with in place of a client's credentials: an account's own dummy key stays what it is."""
    key = access_key_of(held)
    names_an_account = key is not None and len(key) == 12 and key.isdigit()
    return (key if key is not None and names_an_account else DUMMY_ACCESS_KEY), DUMMY_SECRET_KEY


def double_of(original: Any) -> Any:
    """A shallow copy. `copy.copy` would leave a note in the class, which is to stay as it was."""
    double = object.__new__(type(original))
    double.__dict__.update(vars(original))
    return double


def stand_in(signer: Any, make: Any) -> Any:
    """A copy of a client's signer that holds dummy credentials. The client's own is left alone: threads share it."""
    keys = dummy_keys(signer._credentials)
    found = _stand_ins.get(signer)
    if found is None or found[0] != keys:
        double = double_of(signer)
        double._credentials = make(*keys)
        found = _stand_ins[signer] = (keys, double)
    return found[1]


_stand_ins: weakref.WeakKeyDictionary[Any, tuple[tuple[str, str], Any]] = weakref.WeakKeyDictionary()
"""A memo: what stands in for a signer follows from it."""


@functools.lru_cache(maxsize=256)
def dummy_credentials(key: str, secret: str) -> Credentials:
    """Credentials that open nothing."""
    return Credentials(key, secret)


def signs_in_earnest(passthrough: frozenset[str], signer: Any) -> bool:
    """Whether a signer's service is let through, so that its signature matters."""
    return any(service_model(service).service_id == signer._service_id for service in passthrough)
