import django.db.models.deletion
from django.db import migrations, models

import anju.foundation.lib.clock
import anju.foundation.lib.ids
import anju.foundation.tenancy.fence
from anju.foundation.tenancy.fence import Fence

# Who follows a link belongs to no company yet: it answers about one exact digest.
FINDER = """
CREATE FUNCTION community_by_link(of_digest bytea, at timestamptz)
RETURNS TABLE (company uuid, subject uuid, link uuid)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT l.company_id, l.case_id, l.id FROM community_caselink l
     WHERE l.digest = of_digest AND l.revoked_at IS NULL AND l.expires_at > at
$$;
REVOKE ALL ON FUNCTION community_by_link FROM PUBLIC;
GRANT EXECUTE ON FUNCTION community_by_link TO anju_app;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("loop", "0001_initial"),
        ("places", "0001_initial"),
        ("tenancy", "0002_heartbeat"),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseLink",
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
                ("digest", models.BinaryField(max_length=32)),
                ("made_at", models.DateTimeField(default=anju.foundation.lib.clock.now)),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "case",
                    anju.foundation.tenancy.fence.OwnedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loop.case",
                    ),
                ),
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
            ],
            options={
                "verbose_name": "link to a case",
                "indexes": [models.Index(fields=["company", "case"], name="caselink_case")],
                "constraints": [
                    models.UniqueConstraint(fields=("digest",), name="caselink_digest_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="DeskLine",
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
                ("phone", models.CharField(max_length=20)),
                ("hours", models.CharField(blank=True, max_length=40)),
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
                    "place",
                    anju.foundation.tenancy.fence.OwnedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.place",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("company", "place"), name="deskline_once")
                ],
            },
        ),
        Fence(grants={"caselink": "SELECT, INSERT, UPDATE"}),
        migrations.RunSQL(FINDER, "DROP FUNCTION community_by_link"),
    ]
