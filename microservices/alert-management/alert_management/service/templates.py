"""Templates: prepared alerts with fields to fill."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from alert_management.models import Template
from alert_management.permissions import Permission
from alert_management.repository import library
from alert_management.repository.views import View
from alert_management.schemas.content import AlertContent
from alert_management.schemas.requests import ChangeTemplate, TemplateField, WriteTemplate
from alert_management.service.access import not_found
from muster_core.auth import Actor, authorize
from muster_core.database import Reader
from muster_core.errors import ConflictError, FieldProblem, InvalidInputError
from muster_core.http.conditional import check_version
from muster_core.identifiers import uuid7

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]{0,39})\}")


async def list_templates(reads: Reader, actor: Actor, *, limit: int, cursor: str | None) -> bytes:
    """A page of the organization's templates, by name."""
    authorize(actor, Permission.READ)
    return await library.list_templates(reads, actor.organization, limit=limit, cursor=cursor)


async def template_detail(session: AsyncSession, actor: Actor, template_id: UUID) -> View:
    """One template.

    Raises:
        NotFoundError: the organization has no such template.
    """
    authorize(actor, Permission.READ)
    template = await _load(session, actor, template_id, lock=False)
    return await library.template_now(session, template.id)


async def write_template(session: AsyncSession, actor: Actor, request: WriteTemplate) -> View:
    """Keep a new template.

    Raises:
        ConflictError: there is one of this name.
        InvalidInputError: its texts name a field that it does not have.
    """
    authorize(actor, Permission.MANAGE)
    template = Template(
        id=uuid7(),
        organization_id=actor.organization,
        name=request.name,
        fields=[one.model_dump(mode="json") for one in request.fields],
        content=request.content.stored(),
        version=1,
    )
    _check_fields(template)
    await _save(session, template)
    return await library.template_now(session, template.id)


async def change_template(
    session: AsyncSession, actor: Actor, template_id: UUID, request: ChangeTemplate, if_match: int
) -> View:
    """Correct a template; alerts drafted from it stay as they are.

    Raises:
        PreconditionFailedError: someone else changed it since it was read.
    """
    authorize(actor, Permission.MANAGE)
    template = await _load(session, actor, template_id)
    check_version(template.version, if_match, f"The template '{template.name}'")
    if "name" in request.model_fields_set:
        template.name = request.name
    if "fields" in request.model_fields_set:
        template.fields = [one.model_dump(mode="json") for one in request.fields]
    if "content" in request.model_fields_set:
        template.content = request.content.stored()
    _check_fields(template)
    template.touch()
    await _save(session, template)
    return await library.template_now(session, template.id)


async def remove_template(session: AsyncSession, actor: Actor, template_id: UUID) -> None:
    """Remove a template; alerts drafted from it stay as they are."""
    authorize(actor, Permission.MANAGE)
    await session.delete(await _load(session, actor, template_id))


async def filled_template(
    session: AsyncSession, actor: Actor, template_id: UUID, values: Mapping[str, str]
) -> AlertContent:
    """A template's content with the given fields filled; the others stay as `{key}` and are found by the checks.

    Raises:
        InvalidInputError: the template is unknown, or a value is for a field that it does not have, or is none of
            its choices.
    """
    found = await library.template(session, actor.organization, template_id)
    if found is None:
        raise InvalidInputError.at("/template_id", "Your organization has no such template.")
    fields = {one["key"]: TemplateField.model_validate(one) for one in found.fields}
    for key, value in values.items():
        field = fields.get(key)
        if field is None:
            raise InvalidInputError.at(f"/fields/{key}", f"'{found.name}' has no such field.")
        if field.choices and value not in field.choices:
            choices = ", ".join(field.choices)
            raise InvalidInputError.at(f"/fields/{key}", f"must be one of: {choices}")
    given = dict(values) | {
        key: "" for key, one in fields.items() if not one.required and key not in values
    }
    return AlertContent.model_validate(_filled(found.content, given))


def _filled(value: Any, values: Mapping[str, str]) -> Any:
    """Every text with its fields filled in one pass: a value that looks like a field is not filled again."""
    if isinstance(value, str):
        return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), value)
    if isinstance(value, list):
        return [_filled(one, values) for one in value]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, dict):
        return {key: _filled(one, values) for key, one in value.items()}  # pyright: ignore[reportUnknownVariableType]
    return value


def _check_fields(template: Template) -> None:
    known = {one["key"] for one in template.fields}
    if len(known) != len(template.fields):
        raise InvalidInputError.at("/fields", "a key stands twice")
    problems: list[FieldProblem] = []
    for number, words in enumerate(template.content["texts"]):
        for name, text in words.items():
            for key in _PLACEHOLDER.findall(text):
                if key not in known:
                    pointer = f"/content/texts/{number}/{name}"
                    detail = f"{{{key}}} is no field of this template"
                    problems.append({"location": "body", "pointer": pointer, "detail": detail})
    if problems:
        raise InvalidInputError("The texts name fields that the template lacks.", errors=problems)


async def _load(
    session: AsyncSession, actor: Actor, template_id: UUID, *, lock: bool = True
) -> Template:
    found = await library.template(session, actor.organization, template_id, lock=lock)
    if found is None:
        raise not_found("template", template_id)
    return found


async def _save(session: AsyncSession, template: Template) -> None:
    name = template.name
    try:
        async with session.begin_nested():
            session.add(template)
            await session.flush()
    except IntegrityError as error:
        raise ConflictError(f"There is a template '{name}' already.") from error
