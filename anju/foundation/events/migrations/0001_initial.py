import django.db.models.deletion
from django.db import migrations, models

import anju.foundation.lib.clock
import anju.foundation.lib.ids
import anju.foundation.tenancy.fence
from anju.foundation.tenancy.fence import Fence


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Event",
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
                ("name", models.CharField(max_length=40)),
                ("subject_kind", models.CharField(max_length=24)),
                ("subject_id", models.UUIDField()),
                ("by", models.UUIDField()),
                ("at", models.DateTimeField()),
                ("noted_at", models.DateTimeField(default=anju.foundation.lib.clock.now)),
                ("said", models.JSONField(default=dict)),
                ("wrote", models.JSONField(default=dict)),
                ("values", models.JSONField(default=dict)),
                ("leaf", models.BinaryField(max_length=32)),
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
                "indexes": [
                    models.Index(fields=["company", "subject_id", "id"], name="event_subject")
                ],
            },
        ),
        migrations.CreateModel(
            name="EventValue",
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
                ("name", models.CharField(max_length=24)),
                ("salt", models.BinaryField(max_length=16)),
                ("text", models.TextField()),
                ("person_id", models.UUIDField(null=True)),
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
                    "event",
                    anju.foundation.tenancy.fence.OwnedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="texts",
                        to="events.event",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["company", "event"], name="eventvalue_event"),
                    models.Index(
                        fields=["company", "person_id"],
                        name="eventvalue_person",
                        condition=models.Q(person_id__isnull=False),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Inbox",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("event_id", models.UUIDField()),
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
            options={"indexes": [models.Index(fields=["id"], name="inbox_order")]},
        ),
        migrations.CreateModel(
            name="Position",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("n", models.BigIntegerField()),
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
                    "event",
                    anju.foundation.tenancy.fence.OwnedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="events.event",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("company", "n"), name="position_once"),
                    models.UniqueConstraint(
                        fields=("company", "event"), name="position_event_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("n", models.BigIntegerField()),
                ("first", models.BigIntegerField()),
                ("last", models.BigIntegerField()),
                ("root", models.BinaryField(max_length=32)),
                ("previous", models.BinaryField(max_length=32)),
                ("digest", models.BinaryField(max_length=32)),
                ("at", models.DateTimeField()),
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
                "constraints": [models.UniqueConstraint(fields=("company", "n"), name="seal_once")],
            },
        ),
        migrations.CreateModel(
            name="Cursor",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("listener", models.CharField(max_length=40)),
                ("n", models.BigIntegerField(default=0)),
                ("tries", models.SmallIntegerField(default=0)),
                ("retry_at", models.DateTimeField(null=True)),
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
                "constraints": [
                    models.UniqueConstraint(fields=("company", "listener"), name="cursor_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="DeadLetter",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("listener", models.CharField(max_length=40)),
                ("n", models.BigIntegerField()),
                ("error", models.CharField(max_length=200)),
                ("tries", models.SmallIntegerField()),
                ("at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
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
                    "event",
                    anju.foundation.tenancy.fence.OwnedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="events.event",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "listener", "n"), name="deadletter_once"
                    )
                ],
                "indexes": [
                    models.Index(
                        fields=["company", "id"],
                        name="deadletter_open",
                        condition=models.Q(settled_at__isnull=True),
                    )
                ],
            },
        ),
        # A queue's table: emptied many times a second, so its dead rows must go at once.
        migrations.RunSQL(
            "ALTER TABLE events_inbox SET (autovacuum_vacuum_scale_factor = 0,"
            " autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0)",
            migrations.RunSQL.noop,
        ),
        # The age of the oldest event that waits for its seal, for any process and across
        # companies: it tells an id, nothing else.
        migrations.RunSQL(
            "CREATE OR REPLACE FUNCTION events_waiting_since() RETURNS uuid LANGUAGE sql STABLE"
            " SECURITY DEFINER SET search_path = pg_catalog, public AS"
            " $$ SELECT event_id FROM events_inbox ORDER BY id LIMIT 1 $$;"
            " REVOKE ALL ON FUNCTION events_waiting_since() FROM PUBLIC;"
            " GRANT EXECUTE ON FUNCTION events_waiting_since() TO anju_app, anju_ticker",
            "DROP FUNCTION events_waiting_since()",
        ),
        migrations.RunSQL(
            "GRANT SELECT (id) ON tenancy_company TO anju_ticker", migrations.RunSQL.noop
        ),
        Fence(
            grants={
                "event": "SELECT, INSERT",
                "eventvalue": "SELECT, INSERT, DELETE",
                "inbox": "SELECT, INSERT",
                "position": "SELECT",
                "seal": "SELECT",
                "deadletter": "SELECT, INSERT, UPDATE",
            },
            ticker={
                "event": "SELECT (id, company_id, leaf)",
                "cursor": "SELECT",
                "inbox": "SELECT, DELETE",
                "position": "SELECT, INSERT",
                "seal": "SELECT, INSERT",
            },
        ),
    ]
