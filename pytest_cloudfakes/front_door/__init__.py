"""The HTTP front door: a cloud at an address of this machine, for whatever isn't a botocore client of this process.

    AWS CLI, SDKs of other languages, curl ──► server.py ──► door.py ──► cloud
    tests in other languages ───────────────────────────────► control.py

    endpoint.py     what `FakeCloud.serve` gives: the address, the environment for subprocesses
    server.py       connections and threads, by cheroot; bytes ⇄ requests and answers
    body.py         reading a request's body, and what may be wrong with it
    limits.py       how large it may be
    door.py         a request ⇄ a call to the cloud
    evidence.py     which service, account and region a request means
    pages.py        what anyone may visit: the links in SNS's messages, its certificate
    addresses.py    queue URLs that lead back here
    control.py      the clock and the journal for tests in other languages
    command.py      `python -m pytest_cloudfakes serve`

Only an endpoint imports the server library, which the extra `server` installs.
"""
