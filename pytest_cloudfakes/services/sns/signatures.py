"""Signatures of messages: RSA over lines of keys and values, SHA-1 (version 1) or SHA-256 (version 2).

One key pair serves the process, and is made when a signature is first read. It needs the extra `signatures`; without
that a signature is a placeholder of the same length. Source: developer guide, verifying the signatures of messages.
"""

from __future__ import annotations

import base64
import functools
import importlib.util
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

LENGTH = 344
"""Characters of a signature by a key of 2,048 bits."""
PLACEHOLDER = base64.b64encode(b"not signed: pytest-cloudfakes was installed without [signatures]".ljust(256)).decode()
CERTIFICATE_NAME = "SimpleNotificationService-7ff5318490ec183fbaddaa2a969abfda.pem"

NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
"""What is signed of each type of message, in this order, what is absent left out."""


@functools.cache
def available() -> bool:
    """Whether there is what signs."""
    return importlib.util.find_spec("cryptography") is not None


def signed_text(message: Mapping[str, str]) -> str:
    """The text that a signature is made of."""
    keys = NOTIFICATION if message["Type"] == "Notification" else CONFIRMATION
    return "".join(f"{key}\n{message[key]}\n" for key in keys if key in message)


def sign(text: str, version: str) -> str:
    """The signature of a text, in base64; the placeholder where nothing can sign."""
    if not available():
        return PLACEHOLDER
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    algorithm = hashes.SHA256() if version == "2" else hashes.SHA1()  # noqa: S303 - AWS's version 1
    raw = _key_pair()[0].sign(text.encode(errors="surrogatepass"), padding.PKCS1v15(), algorithm)
    return base64.b64encode(raw).decode()


def certificate() -> bytes | None:
    """The certificate to which the signatures belong, in PEM; None where nothing can sign."""
    return _key_pair()[1] if available() else None


@functools.cache
def _key_pair() -> tuple[RSAPrivateKey, bytes]:
    """A memo, not state: which key it is makes no difference to anybody."""
    import datetime as dt

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.x509.oid import NameOID

    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    # Valid at whatever time a test's clock shows.
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(dt.datetime(1970, 1, 1))  # noqa: DTZ001 - the builder takes UTC without saying so
        .not_valid_after(dt.datetime(2199, 12, 31))  # noqa: DTZ001
        .sign(key, hashes.SHA256())
    )
    return key, made.public_bytes(serialization.Encoding.PEM)
