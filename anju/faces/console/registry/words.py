"""Events of the registry in words."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _

EVENT_WORDS: Mapping[str, Any] = MappingProxyType(
    {
        "place.added": _("Place added"),
        "place.changed": _("Place changed"),
        "place.moved": _("Place moved"),
        "place.subtree_moved": _("Everything inside moved with it"),
        "place.retired": _("Place retired"),
        "place.reinstated": _("Place taken into use again"),
        "place.struck": _("Taken back with an import"),
        "asset.added": _("Equipment added"),
        "asset.changed": _("Equipment changed"),
        "asset.serves": _("Places served changed"),
        "desk_line.set": _("Telephone of the desk set"),
        "helper.named": _("Family helper named"),
        "helper.ended": _("Family helper ended"),
        "notice.published": _("Announcement published"),
        "notice.withdrawn": _("Announcement withdrawn"),
        "person.invited": _("Invited to the resident pages"),
        "label.made": _("QR label made"),
        "person.added": _("Person added"),
        "person.changed": _("Person changed"),
        "person.revealed": _("Telephone number looked at"),
        "person.exported": _("Personal data exported"),
        "person.erased": _("Personal data erased"),
        "occupancy.added": _("Moved in"),
        "occupancy.changed": _("Occupancy changed"),
        "vehicle.added": _("Vehicle added"),
        "vehicle.changed": _("Vehicle changed"),
        "assignment.added": _("Post taken up"),
        "assignment.changed": _("Post changed"),
        "deputy.added": _("Deputy named"),
        "duty.added": _("Put on duty"),
        "qualification.added": _("Certificate added"),
        "qualification.changed": _("Certificate changed"),
    }
)
