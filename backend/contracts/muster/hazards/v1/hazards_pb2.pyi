import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from muster.search.v1 import search_pb2 as _search_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GetHazardRequest(_message.Message):
    __slots__ = ("hazard_id",)
    HAZARD_ID_FIELD_NUMBER: _ClassVar[int]
    hazard_id: str
    def __init__(self, hazard_id: _Optional[str] = ...) -> None: ...

class Hazard(_message.Message):
    __slots__ = ("id", "feed", "external_id", "kind", "title", "magnitude", "magnitude_type", "severity", "alert_level", "tsunami", "place", "longitude", "latitude", "depth_km", "occurred_at", "reported_at", "revision", "deleted", "exercise", "url")
    ID_FIELD_NUMBER: _ClassVar[int]
    FEED_FIELD_NUMBER: _ClassVar[int]
    EXTERNAL_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    MAGNITUDE_FIELD_NUMBER: _ClassVar[int]
    MAGNITUDE_TYPE_FIELD_NUMBER: _ClassVar[int]
    SEVERITY_FIELD_NUMBER: _ClassVar[int]
    ALERT_LEVEL_FIELD_NUMBER: _ClassVar[int]
    TSUNAMI_FIELD_NUMBER: _ClassVar[int]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    LONGITUDE_FIELD_NUMBER: _ClassVar[int]
    LATITUDE_FIELD_NUMBER: _ClassVar[int]
    DEPTH_KM_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    REPORTED_AT_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    DELETED_FIELD_NUMBER: _ClassVar[int]
    EXERCISE_FIELD_NUMBER: _ClassVar[int]
    URL_FIELD_NUMBER: _ClassVar[int]
    id: str
    feed: str
    external_id: str
    kind: str
    title: str
    magnitude: float
    magnitude_type: str
    severity: str
    alert_level: str
    tsunami: bool
    place: str
    longitude: float
    latitude: float
    depth_km: float
    occurred_at: _timestamp_pb2.Timestamp
    reported_at: _timestamp_pb2.Timestamp
    revision: int
    deleted: bool
    exercise: bool
    url: str
    def __init__(self, id: _Optional[str] = ..., feed: _Optional[str] = ..., external_id: _Optional[str] = ..., kind: _Optional[str] = ..., title: _Optional[str] = ..., magnitude: _Optional[float] = ..., magnitude_type: _Optional[str] = ..., severity: _Optional[str] = ..., alert_level: _Optional[str] = ..., tsunami: _Optional[bool] = ..., place: _Optional[str] = ..., longitude: _Optional[float] = ..., latitude: _Optional[float] = ..., depth_km: _Optional[float] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., reported_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., revision: _Optional[int] = ..., deleted: _Optional[bool] = ..., exercise: _Optional[bool] = ..., url: _Optional[str] = ...) -> None: ...
