from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class CountAudienceRequest(_message.Message):
    __slots__ = ("area", "severity", "hazard", "exercise")
    AREA_FIELD_NUMBER: _ClassVar[int]
    SEVERITY_FIELD_NUMBER: _ClassVar[int]
    HAZARD_FIELD_NUMBER: _ClassVar[int]
    EXERCISE_FIELD_NUMBER: _ClassVar[int]
    area: str
    severity: str
    hazard: str
    exercise: bool
    def __init__(self, area: _Optional[str] = ..., severity: _Optional[str] = ..., hazard: _Optional[str] = ..., exercise: _Optional[bool] = ...) -> None: ...

class Audience(_message.Message):
    __slots__ = ("people", "by_channel")
    class ByChannelEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    PEOPLE_FIELD_NUMBER: _ClassVar[int]
    BY_CHANNEL_FIELD_NUMBER: _ClassVar[int]
    people: int
    by_channel: _containers.ScalarMap[str, int]
    def __init__(self, people: _Optional[int] = ..., by_channel: _Optional[_Mapping[str, int]] = ...) -> None: ...
