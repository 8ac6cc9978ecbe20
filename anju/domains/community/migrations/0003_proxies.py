import django.db.models.deletion
from django.db import migrations, models

import anju.foundation.lib.clock
import anju.foundation.lib.ids
import anju.foundation.tenancy.fence
from anju.foundation.tenancy.fence import Fence

# Whoever comes in by telephone belongs to no company yet: who helps somebody and has this number.
FINDER = """
CREATE FUNCTION community_by_phone(of_phone text)
RETURNS TABLE (company uuid, person uuid)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT p.company_id, p.id
      FROM people_person p
     WHERE p.phone = of_phone AND of_phone <> '' AND p.erased_at IS NULL AND p.kind <> 'staff'
       AND EXISTS (SELECT FROM community_proxy h
                    WHERE h.company_id = p.company_id AND h.helper_id = p.id
                      AND h.ended_at IS NULL)
     ORDER BY p.id LIMIT 10
$$;
REVOKE ALL ON FUNCTION community_by_phone FROM PUBLIC;
GRANT EXECUTE ON FUNCTION community_by_phone TO anju_app;
"""


class Migration(migrations.Migration):
    dependencies = [("community", "0002_notices"), ("people", "0002_by_phone")]

    operations = [
        migrations.CreateModel(
            name="Proxy",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=anju.foundation.lib.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("since", models.DateTimeField(default=anju.foundation.lib.clock.now)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "company",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                (
                    "helped",
                    anju.foundation.tenancy.fence.OwnedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "helper",
                    anju.foundation.tenancy.fence.OwnedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at", None)),
                        fields=["company", "helper"],
                        name="proxy_of",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("company", "helped", "helper"),
                        name="proxy_once",
                    )
                ],
            },
        ),
        Fence(
            grants={
                "caselink": "SELECT, INSERT, UPDATE",
                "notice": "SELECT, INSERT, UPDATE",
                "noticeread": "SELECT, INSERT, DELETE",
                "proxy": "SELECT, INSERT, UPDATE",
            }
        ),
        migrations.RunSQL(FINDER, "DROP FUNCTION community_by_phone"),
    ]
