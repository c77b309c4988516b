import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from muster.search.v1 import search_pb2 as _search_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GetIncidentRequest(_message.Message):
    __slots__ = ("incident_id",)
    INCIDENT_ID_FIELD_NUMBER: _ClassVar[int]
    incident_id: str
    def __init__(self, incident_id: _Optional[str] = ...) -> None: ...

class Incident(_message.Message):
    __slots__ = ("id", "number", "name", "kind", "complexity_type", "status", "severity", "longitude", "latitude", "area", "organization_id", "exercise", "version", "declared_at", "closed_at", "hazard_id", "access")
    ID_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    COMPLEXITY_TYPE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    SEVERITY_FIELD_NUMBER: _ClassVar[int]
    LONGITUDE_FIELD_NUMBER: _ClassVar[int]
    LATITUDE_FIELD_NUMBER: _ClassVar[int]
    AREA_FIELD_NUMBER: _ClassVar[int]
    ORGANIZATION_ID_FIELD_NUMBER: _ClassVar[int]
    EXERCISE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    DECLARED_AT_FIELD_NUMBER: _ClassVar[int]
    CLOSED_AT_FIELD_NUMBER: _ClassVar[int]
    HAZARD_ID_FIELD_NUMBER: _ClassVar[int]
    ACCESS_FIELD_NUMBER: _ClassVar[int]
    id: str
    number: str
    name: str
    kind: str
    complexity_type: int
    status: str
    severity: str
    longitude: float
    latitude: float
    area: str
    organization_id: str
    exercise: bool
    version: int
    declared_at: _timestamp_pb2.Timestamp
    closed_at: _timestamp_pb2.Timestamp
    hazard_id: str
    access: str
    def __init__(self, id: _Optional[str] = ..., number: _Optional[str] = ..., name: _Optional[str] = ..., kind: _Optional[str] = ..., complexity_type: _Optional[int] = ..., status: _Optional[str] = ..., severity: _Optional[str] = ..., longitude: _Optional[float] = ..., latitude: _Optional[float] = ..., area: _Optional[str] = ..., organization_id: _Optional[str] = ..., exercise: _Optional[bool] = ..., version: _Optional[int] = ..., declared_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., closed_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., hazard_id: _Optional[str] = ..., access: _Optional[str] = ...) -> None: ...
