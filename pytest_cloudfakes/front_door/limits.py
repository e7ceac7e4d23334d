"""How large a request may be."""

MOST = 64 * 2**20
"""Bytes of a body of any service. What is larger isn't read at all."""

DEFAULT = 10 * 2**20
"""Bytes of a body where the service has no limit of its own here; what SQS takes is a tenth of it."""

OF_SERVICE = {
    "kinesis": 15 * 2**20,  # PutRecords takes 10 MiB, which are a third more in JSON
    "s3": MOST,
}
