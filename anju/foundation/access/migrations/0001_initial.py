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
            name="Account",
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
                ("login", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=80)),
                ("person_id", models.UUIDField(null=True)),
                ("password", models.CharField(blank=True, max_length=128)),
                ("must_change", models.BooleanField(default=False)),
                ("totp_on", models.BooleanField(default=False)),
                ("totp_n", models.IntegerField(default=0)),
                ("totp_step", models.BigIntegerField(default=0)),
                ("epoch", models.IntegerField(default=0)),
                ("closed_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(default=anju.foundation.lib.clock.now)),
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
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("login",), name="account_login_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Answer",
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
                ("asked", models.BinaryField(max_length=32)),
                ("status", models.SmallIntegerField()),
                ("headers", models.CharField(blank=True, max_length=400)),
                ("body", models.BinaryField()),
                ("made_at", models.DateTimeField(default=anju.foundation.lib.clock.now)),
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
        ),
        migrations.CreateModel(
            name="ApiToken",
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
                ("name", models.CharField(max_length=80)),
                ("scopes", models.CharField(max_length=80)),
                ("created_at", models.DateTimeField(default=anju.foundation.lib.clock.now)),
                ("used_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "account",
                    anju.foundation.tenancy.fence.OwnedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tokens",
                        to="access.account",
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
                "indexes": [models.Index(fields=["company", "account"], name="apitoken_account")],
                "constraints": [
                    models.UniqueConstraint(fields=("digest",), name="apitoken_digest_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="DeviceSession",
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
                ("device", models.CharField(max_length=80)),
                ("epoch", models.IntegerField()),
                ("created_at", models.DateTimeField(default=anju.foundation.lib.clock.now)),
                ("seen_at", models.DateTimeField(default=anju.foundation.lib.clock.now)),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "account",
                    anju.foundation.tenancy.fence.OwnedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="devices",
                        to="access.account",
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
                "indexes": [
                    models.Index(fields=["company", "account"], name="devicesession_account")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("digest",), name="devicesession_digest_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="OneTimeLink",
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
                ("created_at", models.DateTimeField(default=anju.foundation.lib.clock.now)),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "account",
                    anju.foundation.tenancy.fence.OwnedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="links",
                        to="access.account",
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
                "constraints": [
                    models.UniqueConstraint(fields=("digest",), name="onetimelink_digest_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="RoleGrant",
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
                ("role", models.CharField(max_length=16)),
                ("path", models.TextField(blank=True, db_collation="C")),
                ("since", models.DateTimeField(default=anju.foundation.lib.clock.now)),
                ("until", models.DateTimeField(null=True)),
                (
                    "account",
                    anju.foundation.tenancy.fence.OwnedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grants",
                        to="access.account",
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
                "indexes": [models.Index(fields=["company", "account"], name="rolegrant_account")],
            },
        ),
        migrations.CreateModel(
            name="Try",
            fields=[
                ("key", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("failed", models.SmallIntegerField(default=0)),
                ("until", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["until"], name="try_until")],
            },
        ),
        Fence(
            grants={
                # Everything but the password may be read; it may be written.
                "account": "SELECT (id, company_id, login, name, person_id, must_change, totp_on,"
                " totp_n, totp_step, epoch, closed_at, created_at), INSERT, UPDATE",
                "rolegrant": "SELECT, INSERT, UPDATE",
                "devicesession": "SELECT, INSERT, UPDATE",
                "apitoken": "SELECT, INSERT, UPDATE",
                "onetimelink": "SELECT, INSERT, UPDATE",
                "answer": "SELECT, INSERT, DELETE",
            },
            open_tables={"try": "SELECT, INSERT, UPDATE, DELETE"},
        ),
    ]
