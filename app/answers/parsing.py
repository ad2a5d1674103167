"""An answer that comes back from outside (a page, an export, a file) as the records of the contract."""

from __future__ import annotations

from functools import cache

from pydantic import TypeAdapter, ValidationError

from app.answers.schema import Answer
from app.errors import BadInput


def parse_answer(value: object) -> Answer:
    """The answer in parsed JSON; fields that the contract does not know are dropped. Raises BadInput."""
    try:
        return _adapter().validate_python(value)
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"]) or "the value"
        raise BadInput(f"this is no answer of Hanmi: {where}: {problem['msg']}") from error


@cache
def _adapter() -> TypeAdapter[Answer]:
    return TypeAdapter(Answer)
