"""SQS as it was spoken before it spoke JSON: the names of the older protocol, from today's model.

Source: API reference 2012-11-05, examples of the query protocol; the service model of botocore before 1.31.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from botocore.model import ServiceModel

if TYPE_CHECKING:
    from botocore.model import OperationModel

    from pytest_cloudfakes.protocols.wire import HttpRequest

NAMESPACE = "http://queue.amazonaws.com/doc/2012-11-05/"
IRREGULAR = {"Actions": "ActionName"}

_models: WeakKeyDictionary[ServiceModel, ServiceModel] = WeakKeyDictionary()


def with_query_names(operation_model: OperationModel) -> OperationModel:
    """The operation with the names of the query protocol: itself, unless its model knows only JSON."""
    service_model = operation_model.service_model
    if service_model.metadata.get("protocol") == "query" or service_model.service_name != "sqs":
        return operation_model
    model = _models.get(service_model)
    if model is None:
        model = _models[service_model] = query_model(service_model)
    return model.operation_model(operation_model.name)


def query_model(service_model: ServiceModel) -> ServiceModel:
    """The service model of SQS as a query service."""
    description = copy.deepcopy(service_model._service_description)  # type: ignore[attr-defined]  # there is no other way to it
    metadata = description["metadata"]
    metadata |= {"protocol": "query", "protocols": ["query"], "xmlNamespace": NAMESPACE}
    metadata.pop("awsQueryCompatible", None)
    shapes = description["shapes"]
    for shape in shapes.values():
        for name, member in shape.get("members", {}).items():
            _name_collection(name, member, shapes)
    for name, operation in description["operations"].items():
        if "output" in operation:
            operation["output"]["resultWrapper"] = f"{name}Result"
    return ServiceModel(description, service_model.service_name)


def _name_collection(name: str, member: dict[str, Any], shapes: dict[str, Any]) -> None:
    """A list is sent by the name of its items, a map by that of its entries: MessageAttribute.1.Name."""
    shape = shapes[member["shape"]]
    if shape["type"] == "list":
        item = shape["member"]["shape"]
        own = item if shapes[item]["type"] == "structure" else IRREGULAR.get(name, name[0].upper() + name[1:-1])
        # The same list may stand in several places, so the name goes to the place and to the list.
        member["locationName"] = shape["member"]["locationName"] = own
        member["flattened"] = True
    elif shape["type"] == "map":
        entry = name[0].upper() + name[1:-1]
        member["locationName"] = entry
        member["flattened"] = True
        key = "Key" if entry == "Tag" else "Name"
        shape["key"]["locationName"], shape["value"]["locationName"] = key, "Value"


def complete_queue_url(operation_model: OperationModel, request: HttpRequest, parameters: dict[str, Any]) -> None:
    """Old clients send the request to the queue's address and leave the parameter out."""
    shape = operation_model.input_shape
    if "QueueUrl" in parameters or shape is None or "QueueUrl" not in shape.members or request.path.count("/") < 2:
        return
    parameters["QueueUrl"] = f"https://{request.headers.get('Host', '')}{request.path}"
