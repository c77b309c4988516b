from muster.search.v1 import search_pb2 as _search_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ListSigningKeysRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListSigningKeysResponse(_message.Message):
    __slots__ = ("keys",)
    KEYS_FIELD_NUMBER: _ClassVar[int]
    keys: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, keys: _Optional[_Iterable[str]] = ...) -> None: ...

class ListRevocationsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListRevocationsResponse(_message.Message):
    __slots__ = ("session_ids", "epochs")
    class Epoch(_message.Message):
        __slots__ = ("account_id", "epoch")
        ACCOUNT_ID_FIELD_NUMBER: _ClassVar[int]
        EPOCH_FIELD_NUMBER: _ClassVar[int]
        account_id: str
        epoch: int
        def __init__(self, account_id: _Optional[str] = ..., epoch: _Optional[int] = ...) -> None: ...
    SESSION_IDS_FIELD_NUMBER: _ClassVar[int]
    EPOCHS_FIELD_NUMBER: _ClassVar[int]
    session_ids: _containers.RepeatedScalarFieldContainer[str]
    epochs: _containers.RepeatedCompositeFieldContainer[ListRevocationsResponse.Epoch]
    def __init__(self, session_ids: _Optional[_Iterable[str]] = ..., epochs: _Optional[_Iterable[_Union[ListRevocationsResponse.Epoch, _Mapping]]] = ...) -> None: ...

class ListRightsRequest(_message.Message):
    __slots__ = ("account_ids",)
    ACCOUNT_IDS_FIELD_NUMBER: _ClassVar[int]
    account_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, account_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class ListRightsResponse(_message.Message):
    __slots__ = ("accounts",)
    class Rights(_message.Message):
        __slots__ = ("account_id", "organization_id", "permissions")
        ACCOUNT_ID_FIELD_NUMBER: _ClassVar[int]
        ORGANIZATION_ID_FIELD_NUMBER: _ClassVar[int]
        PERMISSIONS_FIELD_NUMBER: _ClassVar[int]
        account_id: str
        organization_id: str
        permissions: _containers.RepeatedScalarFieldContainer[str]
        def __init__(self, account_id: _Optional[str] = ..., organization_id: _Optional[str] = ..., permissions: _Optional[_Iterable[str]] = ...) -> None: ...
    ACCOUNTS_FIELD_NUMBER: _ClassVar[int]
    accounts: _containers.RepeatedCompositeFieldContainer[ListRightsResponse.Rights]
    def __init__(self, accounts: _Optional[_Iterable[_Union[ListRightsResponse.Rights, _Mapping]]] = ...) -> None: ...

class IntrospectApiKeyRequest(_message.Message):
    __slots__ = ("secret",)
    SECRET_FIELD_NUMBER: _ClassVar[int]
    secret: str
    def __init__(self, secret: _Optional[str] = ...) -> None: ...

class IntrospectApiKeyResponse(_message.Message):
    __slots__ = ("active", "id", "name", "organization_id", "permissions")
    ACTIVE_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ORGANIZATION_ID_FIELD_NUMBER: _ClassVar[int]
    PERMISSIONS_FIELD_NUMBER: _ClassVar[int]
    active: bool
    id: str
    name: str
    organization_id: str
    permissions: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, active: _Optional[bool] = ..., id: _Optional[str] = ..., name: _Optional[str] = ..., organization_id: _Optional[str] = ..., permissions: _Optional[_Iterable[str]] = ...) -> None: ...
