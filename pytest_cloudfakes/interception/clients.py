"""Clients of the library's own, for arranging and looking."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from pytest_cloudfakes.exceptions import CloudFakesError
from pytest_cloudfakes.interception import current_cloud

if TYPE_CHECKING:
    from pytest_cloudfakes.cloud import FakeCloud


def make_client(cloud: FakeCloud, service: str, region: str, account: str) -> Any:
    """A botocore client from a session of its own, which knows nothing of the machine's configuration.

    It refuses to call while another cloud would answer, or none and the call would go to AWS.
    """
    import botocore.session

    def check(**_: Any) -> None:
        current = current_cloud()
        if current is not cloud:
            why = "is off" if current is None else "isn't the innermost one that is on"
            raise CloudFakesError(
                f"This client belongs to a fake cloud that {why}: use it within its cloud, or a client of your own."
            )

    session = botocore.session.Session()
    session.register_component("data_loader", _loader())
    credentials: Any = cloud.credentials(account)
    client = session.create_client(service, region_name=region, **credentials)
    client.meta.events.register_first("before-parameter-build", check)
    return client


@functools.cache
def _loader() -> Any:
    """One for all clouds: it keeps botocore's models, which take longer to read than a test of queues takes to run."""
    import botocore.loaders

    return botocore.loaders.create_loader()
