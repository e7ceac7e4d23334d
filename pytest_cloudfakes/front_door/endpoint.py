"""What `FakeCloud.serve` gives: a cloud's address, and the environment in which other programs find it."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pytest_cloudfakes.exceptions import CloudFakesError
from pytest_cloudfakes.front_door.addresses import moved
from pytest_cloudfakes.interception.environment import DUMMY_ACCESS_KEY, DUMMY_SECRET_KEY

ADDRESS = "127.0.0.1"
"""Never another one: what is served here is for this machine."""

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from pytest_cloudfakes.cloud import FakeCloud
    from pytest_cloudfakes.front_door.server import Server


class Endpoint:
    """A cloud at an address of this machine, until it is closed.

    url: what SDKs take as their endpoint.
    """

    def __init__(self, cloud: FakeCloud, *, port: int, control: bool) -> None:
        self._region = cloud.options.region
        self._server: Server | None = _start(cloud, port, control=control)
        self.url = f"http://{ADDRESS}:{self._server.port}"

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables that lead an SDK or a CLI here, with dummy credentials and a region."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": DUMMY_ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": DUMMY_SECRET_KEY,
            "AWS_DEFAULT_REGION": self._region,
            "AWS_REGION": self._region,
            "AWS_EC2_METADATA_DISABLED": "true",
            # No profile of the machine's owner, nor what stands in it.
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_PAGER": "",
        }

    @property
    def environment(self) -> dict[str, str]:
        """A whole environment for a subprocess: this process's own, with `variables` in place of all of AWS's."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        without_proxy = [inherited.get("no_proxy") or inherited.get("NO_PROXY"), ADDRESS]
        inherited["no_proxy"] = inherited["NO_PROXY"] = ",".join(filter(None, without_proxy))
        return inherited | self.variables

    def at_this_address(self, url: str) -> str:
        """The same queue URL at this endpoint, for SDKs that send their requests to it."""
        return moved(url, urlsplit(self.url).netloc)

    def close(self) -> None:
        """Serve no longer: connections are closed, calls that wait are cancelled. Closing twice is harmless."""
        server, self._server = self._server, None
        if server is not None:
            server.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Endpoint {self.url}{'' if self._server is not None else ', closed'}>"


def _start(cloud: FakeCloud, port: int, *, control: bool) -> Server:
    if isinstance(port, bool) or not isinstance(port, int) or not 0 <= port <= 65_535:
        raise CloudFakesError(f"A port is a number up to 65535, or 0 for an unused one, not {port!r}.")
    if find_spec("cheroot") is None:
        raise CloudFakesError("Serving over HTTP needs the extra: pip install 'pytest-cloudfakes[server]'.")
    from pytest_cloudfakes.front_door.control import Control
    from pytest_cloudfakes.front_door.door import FrontDoor
    from pytest_cloudfakes.front_door.server import Server

    try:
        door = FrontDoor(cloud)
        return Server(door, Control(door) if control else None, (ADDRESS, port))
    except OSError:
        raise CloudFakesError(
            f"The port {port} can't be used, perhaps since another program does. Leave it out to get an unused one."
        ) from None
