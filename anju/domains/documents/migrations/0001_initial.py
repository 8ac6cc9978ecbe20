import django.db.models.deletion
from django.db import migrations, models

import anju.foundation.lib.clock
import anju.foundation.lib.ids
from anju.foundation.tenancy.fence import Fence, OwnedForeignKey


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0003_post_desk"),
        ("tenancy", "0002_heartbeat"),
    ]

    operations = [
        migrations.CreateModel(
            name="Document",
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
                ("code", models.CharField(max_length=32)),
                ("version", models.PositiveIntegerField(default=1)),
                ("title", models.CharField(max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("manual", "manual"),
                            ("procedure", "procedure"),
                            ("instruction", "work instruction"),
                            ("form", "form"),
                            ("external", "external document"),
                        ],
                        max_length=12,
                    ),
                ),
                ("retention", models.CharField(blank=True, max_length=60)),
                ("review_months", models.PositiveSmallIntegerField(default=12)),
                ("basis", models.JSONField(default=list)),
                ("text", models.TextField(blank=True)),
                ("paper", models.CharField(blank=True, max_length=48)),
                ("pinned", models.UUIDField(null=True)),
                ("file", models.UUIDField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("review", "in review"),
                            ("in_force", "in force"),
                            ("obsolete", "obsolete"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("edited", models.PositiveIntegerField(default=0)),
                ("in_force_at", models.DateTimeField(null=True)),
                ("obsolete_at", models.DateTimeField(null=True)),
                ("review_on", models.DateField(null=True)),
                ("told", models.DateField(null=True)),
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
                    "owner",
                    OwnedForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.post",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Law",
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
                ("title", models.CharField(max_length=160)),
                ("code", models.CharField(blank=True, max_length=60)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("law", "law"),
                            ("national", "national standard"),
                            ("industry", "industry standard"),
                            ("local", "local rule"),
                        ],
                        default="law",
                        max_length=10,
                    ),
                ),
                ("issuer", models.CharField(blank=True, max_length=120)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("in_force", "in force"),
                            ("amended", "amended"),
                            ("repealed", "repealed"),
                            ("coming", "not in force yet"),
                            ("unknown", "not looked up"),
                        ],
                        default="unknown",
                        max_length=10,
                    ),
                ),
                ("effective", models.DateField(null=True)),
                ("source", models.CharField(blank=True, max_length=300)),
                ("certain", models.BooleanField(default=False)),
                ("edited", models.PositiveIntegerField(default=1)),
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
            name="Doubt",
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
                ("kind", models.CharField(max_length=12)),
                ("paper", models.UUIDField()),
                ("part", models.CharField(blank=True, max_length=20)),
                ("mark", models.CharField(blank=True, max_length=64)),
                ("why", models.CharField(max_length=300)),
                ("at", models.DateTimeField(default=anju.foundation.lib.clock.now)),
                ("cleared_at", models.DateTimeField(null=True)),
                ("cleared_by", models.UUIDField(null=True)),
                ("note", models.CharField(blank=True, max_length=300)),
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
                    "law",
                    OwnedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="doubts",
                        to="documents.law",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Step",
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
                (
                    "move",
                    models.CharField(
                        choices=[
                            ("submit", "Submit for review"),
                            ("send_back", "Send back to be written again"),
                            ("enforce", "Put into force"),
                            ("confirm", "Reviewed, stays as it is"),
                            ("withdraw", "Withdraw"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField(default=anju.foundation.lib.clock.now)),
                ("by", models.UUIDField()),
                ("why", models.CharField(max_length=300)),
                ("own", models.BooleanField(default=False)),
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
                    "document",
                    OwnedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="documents.document",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["company", "review_on"], name="document_review"),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.UniqueConstraint(
                fields=("company", "code", "version"), name="document_version_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "in_force")),
                fields=("company", "code"),
                name="document_one_in_force",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["draft", "review"])),
                fields=("company", "code"),
                name="document_one_in_preparation",
            ),
        ),
        migrations.AddConstraint(
            model_name="law",
            constraint=models.UniqueConstraint(
                fields=("company", "title"), name="documents_law_once"
            ),
        ),
        migrations.AddIndex(
            model_name="doubt",
            index=models.Index(
                condition=models.Q(("cleared_at__isnull", True)),
                fields=["company", "kind", "paper"],
                name="documents_doubt_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="doubt",
            constraint=models.UniqueConstraint(
                condition=models.Q(("cleared_at__isnull", True)),
                fields=("company", "law", "kind", "paper", "part"),
                name="documents_doubt_once",
            ),
        ),
        migrations.AddIndex(
            model_name="step",
            index=models.Index(fields=["company", "document", "at"], name="document_step_at"),
        ),
        Fence(
            grants={
                "document": "SELECT, INSERT, UPDATE",
                "step": "SELECT, INSERT",
                "law": "SELECT, INSERT, UPDATE",
                "doubt": "SELECT, INSERT, UPDATE",
            }
        ),
    ]
