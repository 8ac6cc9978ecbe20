"""A standard as a text: all seven elements in one model, read from YAML and written back. Pure.

What a person writes and what the table keeps are the same: a column for each part of this model.
`anju/engine/standards/schema.json` is generated from it.
"""

from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_serializer

from anju.engine.forms.rules import Item
from anju.engine.standards.asking import Asking, asking_to_json
from anju.engine.standards.rules import CaseKind, Limit, limits_to_json
from anju.engine.standards.scope import Scope
from anju.foundation.texts import TextFile, read_text, schema_of, write_text

CODE = r"^[a-z0-9][a-z0-9_-]{0,31}$"

Op = Literal["<=", ">=", "==", "every"]
Ground = Literal["law", "national", "industry", "local", "contract", "practice"]


class Part(BaseModel):
    """A part of the text: nothing it does not know, nothing changed once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Where(Part):
    """To which matters a requirement applies; what is empty: to all."""

    kind: CaseKind | Literal[""] = ""
    category: str = Field("", max_length=120)
    urgency: int | None = Field(None, ge=1, le=4)
    place: str = Field("", max_length=300)


class Requirement(Part):
    """One thing that can be measured: `metric` `op` `value` `unit`, over each `period`.

    `metric` is what is measured: `clock.arrive` (minutes of a clock), `indicator.on_time` (percent
    of an indicator), or a word of the company. `needs`: codes of the customers' needs it answers.
    `rests_on`: items of the library, clauses of a contract. A bare text stands for itself.
    """

    text: str = Field(min_length=1, max_length=400)
    code: str = Field("", max_length=60)
    metric: str = Field("", max_length=60)
    op: Op | Literal[""] = ""
    value: float | None = None
    unit: str = Field("", max_length=20)
    period: str = Field("", max_length=40)
    scope: Where = Where()
    needs: tuple[str, ...] = ()
    rests_on: tuple[str, ...] = ()

    @model_serializer(mode="wrap")
    def _short(self, written: Any) -> Any:
        """A bare text where it says nothing else; a whole number without its point."""
        said = {k: v for k, v in written(self).items() if v != _BLANK.get(k, ...)}
        if "scope" in said and not (where := self.scope.model_dump(exclude_defaults=True)):
            del said["scope"]
        elif "scope" in said:
            said["scope"] = where
        if isinstance(value := said.get("value"), float) and value.is_integer():
            said["value"] = int(value)
        return said["text"] if set(said) == {"text"} else said


_BLANK: dict[str, Any] = {
    "code": "", "metric": "", "op": "", "value": None, "unit": "", "period": "", "needs": [],
    "rests_on": [],
}  # fmt: skip


class Material(Part):
    """What one piece of such work uses up. `price`: of one unit, in yuan."""

    name: str = Field(min_length=1, max_length=60)
    unit: str = Field("", max_length=12)
    quantity: float = Field(ge=0)
    price: float = Field(0, ge=0)


class Labour(Part):
    """What one piece of such work takes: `minutes` of a post, by `people` at a time."""

    post: str = Field(min_length=1, max_length=60)
    minutes: float = Field(ge=0)
    people: int = Field(1, ge=1)
    rate: float = Field(0, ge=0, description="Yuan an hour; 0: not known.")


class Method(Part):
    """How it is done: words, a procedure and a form by their codes, what it takes each time.
    `photos`: without which of them, or a reason, it is not done. `received`: whoever receives the
    work signs for it, or it is said why nobody does, before it is done. `told`: how many hours
    before it begins those it touches are told; without that planned work does not begin.
    `warranty`: how many days it is good for; the same again within them is done for nothing."""

    text: str = ""
    procedure: str = Field("", max_length=32)
    form: str = Field("", max_length=32)
    photos: tuple[Literal["before", "after"], ...] = ()
    received: bool = False
    told: int = Field(0, ge=0, le=336)
    warranty: int = Field(0, ge=0, le=3_650)
    materials: tuple[Material, ...] = ()
    labour: tuple[Labour, ...] = ()
    times_a_year: float = Field(0, ge=0)


class Evaluation(Part):
    """How it is judged: how sampled, how scored, its weight, the indicators that say so."""

    text: str = ""
    sample: str = Field("", max_length=200)
    score: str = Field("", max_length=200)
    weight: float = Field(0, ge=0, le=100)
    indicators: tuple[str, ...] = ()


class Basis(Part):
    """What it rests on: a law, a norm, a clause of a contract, or practice."""

    kind: Ground
    ref: str = Field(min_length=1, max_length=200)
    source: str = Field("", max_length=300)


def _said(value: Any) -> Any:
    """A bare text stands for a part that says only that."""
    return {"text": value} if isinstance(value, str) else value


Said = BeforeValidator(_said)


class Document(Part):
    """What one version of a standard says."""

    code: str = Field(pattern=CODE)
    name: str = Field(min_length=1, max_length=80)
    kinds: tuple[CaseKind, ...] = ()
    scope: Scope = Scope()
    audience: str = ""
    item: str = ""
    requirements: tuple[Annotated[Requirement, Said], ...] = ()
    limits: tuple[Limit, ...] = ()
    items: tuple[Item, ...] = ()
    provider: str = ""
    method: Annotated[Method, Said] = Method()
    evaluation: Annotated[Evaluation, Said] = Evaluation()
    verify: bool = True
    callback: bool = True
    asking: Asking = Asking()
    basis: tuple[Basis, ...] = ()
    review_months: int = Field(12, ge=1, le=60)

    @model_serializer(mode="wrap")
    def _dense(self, written: Any) -> dict[str, Any]:
        """Parts of the engine's own in their dense form, as the table keeps them."""
        said: dict[str, Any] = written(self)
        for name, dense in (
            ("limits", limits_to_json(self.limits)),
            ("asking", asking_to_json(self.asking)),
            ("scope", self.scope.plain()),
        ):
            if name in said:
                said[name] = dense
        return said


class Written(Document):
    """The file: the document under its edition."""

    anju: Literal["standard/1"] = "standard/1"


def read_standard(text: str, *, file: str = "standard") -> TextFile[Written]:
    """Read a standard from YAML. Raises `BadText` with the line, what is wrong and what to do."""
    help = _("`anju standards export CODE` writes one as an example; the schema names every part.")
    return read_text(text, Written, file=file, help=help)


def write_standard(said: Document) -> str:
    """The canonical YAML of a standard; read and written again it gives the same bytes."""
    return write_text(said, head={"anju": "standard/1"})


def json_schema() -> dict[str, Any]:
    """The published schema of a standard."""
    return schema_of(Written, "Anju standard")
