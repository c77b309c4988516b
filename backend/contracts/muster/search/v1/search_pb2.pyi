import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class StreamDocumentsRequest(_message.Message):
    __slots__ = ("batch",)
    BATCH_FIELD_NUMBER: _ClassVar[int]
    batch: int
    def __init__(self, batch: _Optional[int] = ...) -> None: ...

class DocumentBatch(_message.Message):
    __slots__ = ("documents", "shares")
    DOCUMENTS_FIELD_NUMBER: _ClassVar[int]
    SHARES_FIELD_NUMBER: _ClassVar[int]
    documents: _containers.RepeatedCompositeFieldContainer[Document]
    shares: _containers.RepeatedCompositeFieldContainer[Share]
    def __init__(self, documents: _Optional[_Iterable[_Union[Document, _Mapping]]] = ..., shares: _Optional[_Iterable[_Union[Share, _Mapping]]] = ...) -> None: ...

class Document(_message.Message):
    __slots__ = ("kind", "id", "organization_id", "incident_id", "exercise", "listed_by", "requires", "title", "text", "status", "type", "occurred_at", "longitude", "latitude", "bbox", "url", "subject", "version")
    KIND_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    ORGANIZATION_ID_FIELD_NUMBER: _ClassVar[int]
    INCIDENT_ID_FIELD_NUMBER: _ClassVar[int]
    EXERCISE_FIELD_NUMBER: _ClassVar[int]
    LISTED_BY_FIELD_NUMBER: _ClassVar[int]
    REQUIRES_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    LONGITUDE_FIELD_NUMBER: _ClassVar[int]
    LATITUDE_FIELD_NUMBER: _ClassVar[int]
    BBOX_FIELD_NUMBER: _ClassVar[int]
    URL_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    kind: str
    id: str
    organization_id: str
    incident_id: str
    exercise: bool
    listed_by: str
    requires: str
    title: str
    text: str
    status: str
    type: str
    occurred_at: _timestamp_pb2.Timestamp
    longitude: float
    latitude: float
    bbox: _containers.RepeatedScalarFieldContainer[float]
    url: str
    subject: str
    version: int
    def __init__(self, kind: _Optional[str] = ..., id: _Optional[str] = ..., organization_id: _Optional[str] = ..., incident_id: _Optional[str] = ..., exercise: _Optional[bool] = ..., listed_by: _Optional[str] = ..., requires: _Optional[str] = ..., title: _Optional[str] = ..., text: _Optional[str] = ..., status: _Optional[str] = ..., type: _Optional[str] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., longitude: _Optional[float] = ..., latitude: _Optional[float] = ..., bbox: _Optional[_Iterable[float]] = ..., url: _Optional[str] = ..., subject: _Optional[str] = ..., version: _Optional[int] = ...) -> None: ...

class Share(_message.Message):
    __slots__ = ("incident_id", "organization_id", "until", "changed_at")
    INCIDENT_ID_FIELD_NUMBER: _ClassVar[int]
    ORGANIZATION_ID_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    CHANGED_AT_FIELD_NUMBER: _ClassVar[int]
    incident_id: str
    organization_id: str
    until: _timestamp_pb2.Timestamp
    changed_at: _timestamp_pb2.Timestamp
    def __init__(self, incident_id: _Optional[str] = ..., organization_id: _Optional[str] = ..., until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., changed_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
