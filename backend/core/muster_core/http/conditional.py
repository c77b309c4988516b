"""ETag and If-Match: an edit says which version it is based on, so that nobody overwrites what they have not seen."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header

from muster_core.errors import InvalidInputError, PreconditionFailedError, PreconditionRequiredError


def etag(version: int) -> dict[str, str]:
    """The header that names a version."""
    return {"ETag": f'"{version}"'}


async def _if_match(
    if_match: Annotated[
        str | None,
        Header(
            max_length=40, description='The ETag of the version this edit is based on, such as "3".'
        ),
    ] = None,
) -> int:
    if if_match is None:
        raise PreconditionRequiredError(
            "Send If-Match with the ETag of the version you are changing, so that nobody's edit is lost."
        )
    text = if_match.strip().removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdigit()):
        raise InvalidInputError.at(
            "/If-Match", 'must be an ETag of this record, such as "3"', location="header"
        )
    return int(text)


IfMatch = Annotated[int, Depends(_if_match)]


def check_version(version: int, if_match: int, what: str = "This record") -> None:
    """Refuse an edit that is based on an older version.

    Raises:
        PreconditionFailedError: someone else changed it meanwhile.
    """
    if version != if_match:
        raise PreconditionFailedError(
            f"{what} is at version {version}; you were changing version {if_match}. Look again and repeat the edit.",
            headers=etag(version),
        )
