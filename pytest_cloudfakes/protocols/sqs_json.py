"""SQS as it is spoken today, from the model of a botocore that still knew only the older protocol (before 1.34.x).

In process such a botocore speaks its own protocol; clients of other processes speak JSON all the same.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from botocore.model import ServiceModel

if TYPE_CHECKING:
    from pytest_cloudfakes.protocols.wire import HttpRequest

TARGET_PREFIX = "AmazonSQS"
_models: WeakKeyDictionary[ServiceModel, ServiceModel] = WeakKeyDictionary()


def model_spoken(service_model: ServiceModel, request: HttpRequest) -> ServiceModel:
    """The model that a request goes by: the service's own, unless that is an old one of SQS and the request is new."""
    own = service_model.metadata
    if own["protocol"] != "query" or service_model.service_name != "sqs" or "X-Amz-Target" not in request.headers:
        return service_model
    model = _models.get(service_model)
    if model is None:
        model = _models[service_model] = json_model(service_model)
    return model


def json_model(service_model: ServiceModel) -> ServiceModel:
    """The service model of SQS as a JSON service: every member is called by its name."""
    description = copy.deepcopy(service_model._service_description)  # type: ignore[attr-defined]  # there is no other way to it
    metadata = description["metadata"]
    metadata |= {"protocol": "json", "jsonVersion": "1.0", "targetPrefix": TARGET_PREFIX, "awsQueryCompatible": {}}
    metadata.pop("xmlNamespace", None)
    for shape in description["shapes"].values():
        parts = [shape[part] for part in ("member", "key", "value") if part in shape]
        for named in (shape, *parts, *shape.get("members", {}).values()):
            named.pop("locationName", None)
            named.pop("flattened", None)
    for operation in description["operations"].values():
        operation.get("output", {}).pop("resultWrapper", None)
    return ServiceModel(description, service_model.service_name)
